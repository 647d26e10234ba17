import { For, type JSX, Show } from 'solid-js'
import type { StepCall, StepEvents } from '../../api/answers.ts'
import { countText } from '../../format.ts'
import { Badge } from '../../parts/parts.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

/** The calls of a step, each with what was sent and answered. */
export function Calls(props: { readonly of: Pick<StepEvents, 'calls' | 'calls_left_out'> }): JSX.Element {
  return (
    <Show when={props.of.calls.length > 0}>
      <div class="calls">
        <h4>{texts.order.calls.title}</h4>
        <p class="soft">{texts.order.calls.lead}</p>
        <For each={props.of.calls}>{(call) => <Call call={call} />}</For>
        <Show when={props.of.calls_left_out > 0}>
          <p class="soft">{texts.order.calls.leftOut(countText(props.of.calls_left_out))}</p>
        </Show>
      </div>
    </Show>
  )
}

function Call(props: { readonly call: StepCall }): JSX.Element {
  return (
    <div class="call">
      <p class="call-head">
        <span class="mono call-address">
          <strong>{props.call.method}</strong> {props.call.address}
        </span>
        <Badge tone={props.call.error === null ? 'good' : 'bad'}>
          {props.call.status === null ? texts.order.calls.unanswered : String(props.call.status)}
        </Badge>
        <span class="soft number">{texts.order.calls.took(countText(props.call.ms))}</span>
        <span class="soft">
          <Time at={props.call.at} />
        </span>
      </p>
      <Body title={texts.order.calls.sent} text={props.call.request} isCut={props.call.cut.includes('request')} />
      <Body title={texts.order.calls.answered} text={props.call.answer} isCut={props.call.cut.includes('answer')} />
    </div>
  )
}

/** Empty if there was no body. */
function Body(props: { readonly title: string; readonly text: string | null; readonly isCut: boolean }): JSX.Element {
  return (
    <Show when={props.isCut || (props.text ?? '') !== ''}>
      <details>
        <summary>{props.title}</summary>
        <Show when={props.isCut}>
          <p class="soft">{props.text === null ? texts.order.calls.tooLong : texts.order.calls.cut}</p>
        </Show>
        <Show when={props.text}>
          {(text) => (
            <pre class="json" tabindex="0">
              {readable(text())}
            </pre>
          )}
        </Show>
      </details>
    </Show>
  )
}

/** JSON is indented; anything else, including truncated JSON, stays as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
