import { type JSX, untrack } from 'solid-js'
import { now } from '../clock.ts'
import { ageText } from '../format.ts'
import { timeText } from '../local-time.ts'
import { texts } from '../texts.ts'

const MILLISECONDS = 1000

/** The year is that of the first rendering: it is not rendered again every second. */
const shownTime = (at: string) => timeText(new Date(at), new Date(untrack(now)))

const utcText = (at: string) => `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`

/** A time in the viewer's zone; UTC on hover. */
export function Time(props: { readonly at: string }): JSX.Element {
  return (
    <time datetime={props.at} title={utcText(props.at)} class="nowrap">
      {shownTime(props.at)}
    </time>
  )
}

/** Age, updating; the time in the viewer's zone and UTC on hover. */
export function Ago(props: { readonly at: string; readonly bare?: boolean }): JSX.Element {
  const age = () => ageText((now() - Date.parse(props.at)) / MILLISECONDS)
  return (
    <time datetime={props.at} title={`${shownTime(props.at)} · ${utcText(props.at)}`} class="nowrap">
      {props.bare ? age() : texts.overview.ago(age())}
    </time>
  )
}
