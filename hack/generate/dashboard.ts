// How does Grafana want its dashboards? config/grafana/pca-issuer.json, from the panels beside this file.
import { rows, type Panel, type Row } from './dashboard-panels.ts';

const source = { type: 'prometheus', uid: '${datasource}' };
const width = 24;
const heights = { stat: 4, timeseries: 8 } as const;

/** The text of the file; Grafana 10 and newer import it. */
export function dashboard(): string {
  const made = {
    title: 'pca-issuer',
    uid: 'pca-issuer',
    description: 'A cert-manager issuer for AWS Private CA: what it issues, what it waits for, what AWS answers.',
    tags: ['cert-manager', 'aws'],
    schemaVersion: 39,
    editable: true,
    time: { from: 'now-6h', to: 'now' },
    refresh: '1m',
    templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }, jobs] },
    panels: placed(),
  };
  return `${JSON.stringify(made, undefined, 2)}\n`;
}

/** Two releases side by side have a job each. */
const jobs = {
  name: 'job',
  label: 'Job',
  type: 'query',
  datasource: source,
  query: { query: 'label_values(pca_issuer_build_info, job)', refId: 'jobs' },
  refresh: 2,
  includeAll: true,
  multi: true,
  current: { text: 'All', value: '$__all' },
};

function placed(): readonly object[] {
  const found: object[] = [];
  let y = 0;
  for (const row of rows) {
    found.push({ id: found.length + 1, type: 'row', title: row.title, collapsed: false, panels: [], gridPos: { x: 0, y: y++, w: width, h: 1 } });
    const perLine = perLineOf(row);
    for (const [index, panel] of row.panels.entries()) {
      const h = heights[panel.kind];
      const w = width / perLine;
      found.push({ id: found.length + 1, ...written(panel), gridPos: { x: (index % perLine) * w, y, w, h } });
      if ((index + 1) % perLine === 0 || index === row.panels.length - 1) y += h;
    }
  }
  return found;
}

function perLineOf({ panels }: Row): number {
  if (panels.every(({ kind }) => kind === 'stat')) return 4;
  return panels.length === 2 ? 2 : 3;
}

function written({ title, kind, unit, description, queries, red, isLowBad = false, isStacked = false }: Panel): object {
  const steps = red === undefined ? [{ color: 'text', value: null }] : [{ color: isLowBad ? 'red' : 'green', value: null }, { color: isLowBad ? 'green' : 'red', value: red }];
  const drawn = kind === 'stat' ? {} : { custom: { fillOpacity: 10, ...(isStacked ? { stacking: { mode: 'normal' } } : {}) }, min: 0 };
  return {
    type: kind,
    title,
    description,
    datasource: source,
    fieldConfig: { defaults: { unit, thresholds: { mode: 'absolute', steps }, ...drawn }, overrides: [] },
    options: kind === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] }, textMode: queries.some(({ legend }) => legend.includes('{{')) ? 'name' : 'value' } : { legend: { displayMode: 'list', placement: 'bottom' } },
    targets: queries.map(({ expression, legend }, index) => ({ refId: String.fromCharCode(65 + index), datasource: source, expr: expression, legendFormat: legend, ...(kind === 'stat' ? { instant: true } : { range: true }) })),
  };
}
