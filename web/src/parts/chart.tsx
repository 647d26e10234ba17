import 'uplot/dist/uPlot.min.css'
import './chart.css'
import { createEffect, createSignal, For, type JSX, on, onCleanup, onMount } from 'solid-js'
import uPlot from 'uplot'
import { clockTime, dayText } from '../local-time.ts'
import { theme } from '../theme.ts'
import type { ChartLine } from './chart-line.ts'

export interface ChartProps {
  /** What is shown, for screen readers. */
  readonly title: string
  /** Seconds since 1970. */
  readonly times: readonly number[]
  readonly lines: readonly ChartLine[]
  /** `steps`: a value stays until the next one. */
  readonly kind: 'bars' | 'lines' | 'steps'
  readonly valueText: (value: number) => string
}

const HEIGHT = 168
/** Steps of the axis: whole records, and readable durations. */
const counts = [1, 2, 5]
  .flatMap((step) => [0, 1, 2, 3, 4, 5, 6, 7].map((zeros) => step * 10 ** zeros))
  .toSorted((a, b) => a - b)
const seconds = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]
/** Longer ranges are labeled by day. */
const DAYS_FROM_S = 2 * 86_400
const days = [1, 2, 7, 14, 28].map((count) => count * 86_400)
const timeAt = (seconds: number) => new Date(seconds * 1000)
const timeText = (seconds: number) => `${dayText(timeAt(seconds))}, ${clockTime(timeAt(seconds))}`

/**
 * Values over time, with those under the pointer next to their names; a table has the same figures for screen readers.
 */
export function Chart(props: ChartProps): JSX.Element {
  let place: HTMLDivElement | undefined
  const [at, setAt] = createSignal<number | null>(null)
  const shown = (line: ChartLine) => {
    const index = at()
    const value = index === null ? null : line.values[index]
    return value === null || value === undefined ? '–' : props.valueText(value)
  }
  let chart: uPlot | undefined
  onMount(() => {
    if (place === undefined) return
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const draw = () => {
      chart?.destroy()
      chart = drawIn(place, props, setAt)
    }
    createEffect(on([() => props.times, () => props.lines, theme], draw))
    dark.addEventListener('change', draw)
    const watch = new ResizeObserver(() => chart?.setSize({ width: place.clientWidth, height: HEIGHT }))
    watch.observe(place)
    onCleanup(() => {
      dark.removeEventListener('change', draw)
      watch.disconnect()
      chart?.destroy()
    })
  })
  return (
    <figure class="chart">
      <figcaption class="chart-legend">
        <For each={props.lines}>
          {(line) => (
            <span class="chart-name" data-color={line.color}>
              <span class="chart-swatch" aria-hidden="true" />
              {line.name}
              <strong class="number" aria-hidden="true">
                {at() === null ? '' : shown(line)}
              </strong>
            </span>
          )}
        </For>
        <span class="chart-time soft number" aria-hidden="true">
          {at() === null ? '' : timeText(props.times[at() ?? 0] ?? 0)}
        </span>
      </figcaption>
      <div ref={place} class="chart-place" aria-hidden="true" />
      <Table {...props} />
    </figure>
  )
}

/** Only times with a value; for steps all times, because 0 is a level too. */
function Table(props: ChartProps): JSX.Element {
  const rows = () =>
    props.times.flatMap((time, index) => {
      const values = props.lines.map((line) => line.values[index] ?? null)
      const isThere = (value: number | null) => value !== null && (value !== 0 || props.kind === 'steps')
      return values.some(isThere) ? [{ time, values }] : []
    })
  return (
    <div class="unseen">
      <table>
        <caption>{props.title}</caption>
        <tbody>
          <For each={rows()}>
            {(row) => (
              <tr>
                <th scope="row">{timeText(row.time)}</th>
                <For each={row.values}>
                  {(value, index) => (
                    <td>
                      {props.lines[index()]?.name} {value === null ? '–' : props.valueText(value)}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}

function drawIn(place: HTMLDivElement, props: ChartProps, setAt: (index: number | null) => void): uPlot {
  const isBars = props.kind === 'bars'
  const lines = isBars ? stacked(props.lines) : props.lines
  const colors = colorsIn(place)
  const font = `11px ${getComputedStyle(place).fontFamily}`
  const span = (props.times.at(-1) ?? 0) - (props.times[0] ?? 0)
  // A value for a period also has its width after the last one.
  const part = props.kind === 'steps' ? 0 : (props.times[1] ?? 0) - (props.times[0] ?? 0)
  const isDays = span > DAYS_FROM_S
  const axisTime = isDays ? dayText : clockTime
  const axis = { stroke: colors('--text-faint'), font, ticks: { show: false } }
  const options: uPlot.Options = {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { range: (_plot, low, high) => [low, high + Math.max(0, part)] },
      y: { range: (_plot, low, high) => [Math.min(low ?? 0, 0) * 1.08, Math.max(high ?? 0, 1) * 1.08] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 70,
        ...(isDays ? { incrs: [...days] } : {}),
        values: (_plot, times) => times.map((time) => axisTime(new Date(time * 1000))),
      },
      {
        ...axis,
        grid: { stroke: colors('--line'), width: 1 },
        size: 52,
        space: 38,
        incrs: [...(props.kind === 'lines' ? seconds : counts)],
        values: (_plot, values) => values.map((value) => props.valueText(value)),
      },
    ],
    series: [{}, ...lines.map(({ color }) => seriesOf[props.kind](colors(color)))],
    hooks: { setCursor: [({ cursor }) => setAt(cursor.idx ?? null)] },
  }
  return new uPlot(options, [[...props.times], ...lines.map(({ values }) => [...values])], place)
}

/** The color of a name in the current theme: a canvas does not know CSS variables. */
function colorsIn(place: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement('span')
    probe.style.color = `var(${name})`
    place.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}

function barOf(color: string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.7, 12, 3], align: 1 })
  return { fill: color, width: 0, points: { show: false }, ...(paths === undefined ? {} : { paths }) }
}

function lineOf(color: string): uPlot.Series {
  return { stroke: color, width: 1.75, spanGaps: true, points: { show: true, size: 6, fill: color, width: 0 } }
}

function stepsOf(color: string): uPlot.Series {
  const paths = uPlot.paths.stepped?.({ align: 1 })
  return { stroke: color, width: 1.75, points: { show: false }, ...(paths === undefined ? {} : { paths }) }
}

const seriesOf = { bars: barOf, lines: lineOf, steps: stepsOf } as const

/** Stacks bars. The highest is drawn first, the others over it. */
function stacked(lines: readonly ChartLine[]): readonly ChartLine[] {
  const under: number[] = []
  return lines
    .map((line) => ({
      ...line,
      values: line.values.map((value, index) => {
        const sum = (under[index] ?? 0) + (value ?? 0)
        under[index] = sum
        return sum
      }),
    }))
    .toReversed()
}
