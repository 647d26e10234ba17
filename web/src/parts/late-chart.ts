import { loaded } from '../loaded.ts'

/** The chart, whose program is the largest part of the page and is loaded when one is shown first. */
export const LateChart = loaded(async () => (await import('./chart.tsx')).Chart)
