// The colours and letters of the picture: those of Grafana's two themes.

const light = ['#3d8b40', '#2563c9', '#c7651a', '#a3347f', '#8a6d00', '#0f8a8a', '#c2273d', '#6d4bc4'];
const dark = ['#73bf69', '#5794f2', '#ff9830', '#e377c2', '#f2cc0c', '#56c7c7', '#f2495c', '#b877d9'];

/** After that they begin anew. */
export const colours = light.length;

const inks = (palette: readonly string[]): string => palette.map((colour, index) => `.c${index} { stroke: ${colour} } .f${index} { fill: ${colour} }`).join(' ');

export const style = `
  text { font: 13px Inter, system-ui, sans-serif; fill: #24292e } .faint { fill: #6a7178 } .tick { fill: #6a7178; font-size: 12px }
  .name { font-size: 24px; font-weight: 600 } .row { font-size: 15px; font-weight: 600 } .title { font-size: 14px; font-weight: 600 }
  .badge { font-weight: 700; fill: #b45309 } .small { font-size: 11px } .big { font-size: 34px; font-weight: 600 } .middle { font-size: 17px; font-weight: 600 }
  .page { fill: #f4f5f5 } .panel { fill: #ffffff; stroke: #dfe1e4 } .grid { stroke: #e6e8ea } .event { fill: #d97706; opacity: .13 }
  .line { fill: none; stroke-width: 1.7; stroke-linejoin: round; stroke-linecap: round } .area { opacity: .08 } .layer { opacity: .28 }
  .good { fill: #2b7a2f } .bad { fill: #c2273d } .plain { fill: #24292e }
  ${inks(light)}
  @media (prefers-color-scheme: dark) {
    text { fill: #d8d9da } .faint, .tick { fill: #9a9ea4 } .badge { fill: #fbad37 }
    .page { fill: #111217 } .panel { fill: #181b1f; stroke: #2c3036 } .grid { stroke: #2a2d33 } .event { opacity: .22 }
    .good { fill: #73bf69 } .bad { fill: #f2495c } .plain { fill: #d8d9da }
    ${inks(dark)}
  }
`;

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A coordinate: a tenth of a pixel is not seen. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
