// What was recorded of a controller, as far as the picture of the dashboard needs it?

export interface Recording {
  /** How often each replica was scraped; values are that far apart. */
  readonly stepSeconds: number;
  /** What Grafana would put in for $__rate_interval. */
  readonly rateInterval: string;
  /** What was done to the controller, for people; seconds since the first value. */
  readonly events: readonly { readonly fromSeconds: number; readonly toSeconds: number; readonly what: string }[];
  /** By title of the panel, in the order of its queries. */
  readonly panels: Readonly<Record<string, readonly Series[]>>;
}

export interface Series {
  /** As the legend names it. */
  readonly name: string;
  /** One for each step; null where there is none. A stat has one alone. */
  readonly values: readonly (number | null)[];
}

/** A panel of config/grafana, as far as it is drawn. */
export interface GrafanaPanel {
  readonly type: 'row' | 'stat' | 'timeseries';
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit: string;
      readonly thresholds: { readonly steps: readonly { readonly color: string; readonly value: number | null }[] };
      readonly custom?: { readonly stacking?: { readonly mode: string } };
    };
  };
  readonly options?: { readonly textMode?: string };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** @param text of config/grafana/pca-issuer.json */
export function readPanels(text: string): readonly GrafanaPanel[] {
  return (JSON.parse(text) as { readonly panels: readonly GrafanaPanel[] }).panels;
}

/** JSON with a series a line, so that a diff can be read. */
export function writeRecording({ panels, ...rest }: Recording): string {
  const blocks = Object.entries(panels).map(([title, list]) => `    ${JSON.stringify(title)}: [\n${list.map((series) => `      ${JSON.stringify(series)}`).join(',\n')}\n    ]`);
  const head = Object.entries(rest).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  return `{\n${head.join('')}  "panels": {\n${blocks.join(',\n')}\n  }\n}\n`;
}
