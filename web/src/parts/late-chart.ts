import { loaded } from '../loaded.ts'

/** The chart, the largest part of the page's code, is loaded when one is first shown. */
export const LateChart = loaded(async () => (await import('./chart.tsx')).Chart)
