import type { JSX } from 'solid-js'
import { now } from '../clock.ts'
import { ageText } from '../format.ts'
import { texts } from '../texts.ts'

const MILLISECONDS = 1000

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const withYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

const isThisYear = (time: Date) => time.getFullYear() === new Date(now()).getFullYear()

/** `28 Nov, 18:51:13` in the viewer's zone. */
function timeText(at: string): string {
  const time = new Date(at)
  return (isThisYear(time) ? dayAndTime : withYear).format(time)
}

const utcText = (at: string) => `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`

/** A time in the viewer's zone; UTC on hover. */
export function Time(props: { readonly at: string }): JSX.Element {
  return (
    <time datetime={props.at} title={utcText(props.at)} class="nowrap">
      {timeText(props.at)}
    </time>
  )
}

/** How long ago, growing; the time in the viewer's zone and UTC on hover. */
export function Ago(props: { readonly at: string; readonly bare?: boolean }): JSX.Element {
  const age = () => ageText((now() - Date.parse(props.at)) / MILLISECONDS)
  return (
    <time datetime={props.at} title={`${timeText(props.at)} · ${utcText(props.at)}`} class="nowrap">
      {props.bare ? age() : texts.overview.ago(age())}
    </time>
  )
}
