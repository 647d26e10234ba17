import './problems.css'
import { A, useParams } from '@solidjs/router'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { RetryVerdict, ShownLetter } from '../../api/answers.ts'
import { letterQuery, verdictQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { causeText } from '../../format.ts'
import { Icon } from '../../parts/icons.tsx'
import { Fact, Facts, JsonView, PageHead, ProblemNote, StateBadge } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Time } from '../../parts/when.tsx'
import { causes, texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { ActButtons } from './act-buttons.tsx'
import { isMappedBefore } from './edited-stage.ts'
import { RetryProgress } from './retry-progress.tsx'
import { Stages } from './stages.tsx'

/** One failed record: why, a preview of its retry, its content, and its history. */
export function LetterPage(): JSX.Element {
  const params = useParams<{ group: string; id: string }>()
  const letter = useQuery(() => letterQuery(params.id))
  const title = () => texts.letter.title(letter.isSuccess ? letter.data.key : '…')
  usePageTitle(title)
  return (
    <>
      <PageHead
        title={title()}
        back={{
          href: `/problems/${params.group}`,
          text: letter.isSuccess ? causeText(letter.data.code) : texts.group.back,
        }}
        beside={<Show when={letter.isSuccess && letter.data}>{(told) => <StateBadge state={told().state} />}</Show>}
        actions={
          <Show when={letter.isSuccess && letter.data}>
            {(told) => (
              <ActButtons
                name={params.id}
                target={{ id: params.id }}
                retry={needsReason(told()) ? texts.letter.retryAnyway : texts.letter.retry}
                discard={told().state === 'open' ? texts.letter.discard : null}
                needsReason={needsReason(told())}
                isMappedBefore={isMappedBefore(told().stage)}
              />
            )}
          </Show>
        }
      />
      <Switch>
        <Match when={letter.isSuccess && letter.data}>{(told) => <Told letter={told()} />}</Match>
        <Unanswered of={letter} lines={6} framed />
      </Switch>
    </>
  )
}

/** After so many retries the API requires a reason. */
const RETRIES_WITHOUT_REASON = 5

const needsReason = ({ state, retries }: ShownLetter) => state !== 'open' || retries >= RETRIES_WITHOUT_REASON

/** Topics whose records are a shop's orders, keyed by order number. */
const isOfOrder = (topic: string) => /(^|[.-])(vendor-)?orders($|\.)/.test(topic)

function Told(props: { readonly letter: ShownLetter }): JSX.Element {
  const facts = texts.group.facts
  return (
    <div class="stack">
      <RetryProgress name={props.letter.id} />
      <section class="card cause">
        <div class="cause-texts">
          <div>
            <h2>{texts.group.message}</h2>
            <p class="cause-message">{props.letter.message}</p>
          </div>
          <Show when={causes[props.letter.code]}>
            {(cause) => (
              <div>
                <h2>{texts.group.way}</h2>
                <p>{cause().way}</p>
              </div>
            )}
          </Show>
        </div>
        <Facts>
          <Fact name={facts.connection}>{props.letter.connection ?? texts.problems.allConnections}</Fact>
          <Fact name={facts.stage}>{props.letter.stage}</Fact>
          <Fact name={texts.letter.place} wide>
            {texts.order.place(props.letter.topic, props.letter.partition, props.letter.offset)}
          </Fact>
          <Show when={props.letter.task}>{(task) => <Fact name={texts.letter.task}>{task()}</Fact>}</Show>
        </Facts>
        <Show when={isOfOrder(props.letter.topic)}>
          <A href={`/orders?${new URLSearchParams({ number: props.letter.key })}`} class="text">
            {texts.letter.order}
          </A>
        </Show>
      </section>
      <div class="letter-columns">
        <Show when={props.letter.state === 'open'}>
          <Verdict id={props.letter.id} />
        </Show>
        <History letter={props.letter} />
      </div>
      <Stages letter={props.letter} />
    </div>
  )
}

function Verdict(props: { readonly id: string }): JSX.Element {
  const verdict = useQuery(() => verdictQuery(props.id))
  const tone = ({ verdict: said }: RetryVerdict) => (said.includes('fail again') ? 'bad' : 'good')
  return (
    <section class="card" aria-labelledby="verdict">
      <div class="card-head">
        <h2 id="verdict">{texts.letter.preview}</h2>
      </div>
      <div class="verdict">
        <Switch>
          <Match when={verdict.isSuccess && verdict.data}>
            {(told) => (
              <>
                <p class={`verdict-text ${tone(told())}`}>
                  <Icon name={tone(told()) === 'good' ? 'check' : 'problems'} />
                  <span>{told().verdict}</span>
                </p>
                <For each={told().errors}>{(error) => <p class="soft">{error.message}</p>}</For>
                <Show when={told().outputs.length > 0}>
                  <details>
                    <summary>{texts.letter.outputs(told().outputs.length)}</summary>
                    <For each={told().outputs}>{(output) => <JsonView value={output.event} />}</For>
                  </details>
                </Show>
              </>
            )}
          </Match>
          <Match when={verdict.isError}>
            <ProblemNote error={verdict.error} again={() => void verdict.refetch()} />
          </Match>
          <Match when={verdict.isPending}>
            <p class="soft">{texts.letter.previewing}</p>
          </Match>
        </Switch>
      </div>
    </section>
  )
}

function History(props: { readonly letter: ShownLetter }): JSX.Element {
  return (
    <section class="card" aria-labelledby="history">
      <div class="card-head">
        <h2 id="history">{texts.letter.history}</h2>
        <span class="soft">{texts.letter.tries(props.letter.attempts)}</span>
      </div>
      <ol class="history">
        <For each={props.letter.history}>
          {(entry) => (
            <li>
              <p>
                <strong>{texts.letter.what[entry.what] ?? entry.what}</strong>
                <Show when={entry.by}>{(by) => <span class="soft"> {texts.letter.by(by())}</span>}</Show>
              </p>
              <p class="soft">
                <Time at={entry.at} />
              </p>
              <Show when={entry.reason}>{(reason) => <p>{reason()}</p>}</Show>
            </li>
          )}
        </For>
      </ol>
    </section>
  )
}
