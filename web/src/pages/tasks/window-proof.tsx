import { For, type JSX, Show } from 'solid-js'
import type { Task } from '../../api/answers.ts'
import { countText } from '../../format.ts'
import { Badge, Fact, Facts, type Tone } from '../../parts/parts.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

const words = texts.windowProof
const tones: Readonly<Record<Task['proof'], Tone>> = {
  pending: 'info',
  proven: 'good',
  unlisted: 'idle',
  incomplete: 'bad',
  broken_off: 'bad',
  none: 'idle',
}

/** The window of a run, and the proof that nothing in it was missed. */
export function WindowProof(props: { readonly task: Task }): JSX.Element {
  return (
    <Show when={props.task.window_to}>
      {(to) => (
        <section class="card" aria-labelledby="window">
          <div class="card-head">
            <h2 id="window">{words.title}</h2>
            <Badge tone={tones[props.task.proof]}>{words.verdicts[props.task.proof]}</Badge>
          </div>
          <div class="task-facts window-proof">
            <p>{why(props.task)}</p>
            <Facts>
              <Fact name={words.from}>
                <Show when={props.task.window_from} fallback={words.beginning}>
                  {(from) => <Time at={from()} />}
                </Show>
              </Fact>
              <Fact name={words.to}>
                <Time at={to()} />
              </Fact>
              <Fact name={words.rows}>{countText(props.task.read_count)}</Fact>
              <Show when={props.task.ended_at !== null}>
                <Fact name={words.keys}>{countText(props.task.keys)}</Fact>
                <Fact name={words.listed}>
                  {props.task.listed === null ? words.notListed : countText(props.task.listed)}
                </Fact>
              </Show>
              <Fact name={words.missed}>{countText(props.task.missed)}</Fact>
              <Fact name={words.again}>{countText(props.task.read_again)}</Fact>
              <Show when={props.task.ended_at !== null}>
                <Fact name={words.cutDate}>{cutDateText(props.task)}</Fact>
              </Show>
            </Facts>
            <Show when={props.task.missing.length > 0}>
              <div>
                <p class="soft">
                  {words.missing(countText(props.task.missing.length, props.task.missing.length >= 100))}
                </p>
                <ul class="window-missing">
                  <For each={props.task.missing}>{(key) => <li class="mono">{key}</li>}</For>
                </ul>
              </div>
            </Show>
          </div>
        </section>
      )}
    </Show>
  )
}

function why({ proof, listed, missed, missing }: Task): string {
  if (proof === 'proven') {
    if (listed === 0) return words.why.empty
    return missed === 0 ? words.why.proven : words.why.provenAgain(countText(missed))
  }
  if (proof === 'incomplete') return words.why.incomplete(countText(missing.length, missing.length >= 100))
  return words.why[proof]
}

function cutDateText({ cut_date_moved, backfill_from }: Task): string {
  if (cut_date_moved) return words.moved
  return backfill_from === null ? words.stays : words.backfill
}
