import { For, type JSX, Match, Show, Switch } from 'solid-js'
import type { ShownLetter } from '../../api/answers.ts'
import { verdictQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { MarkedJson } from '../../parts/marked-json.tsx'
import { texts } from '../../texts.ts'

/** Stages that make other events from what was read; other stages deliver. */
const isMapping = (stage: string) => /^(map|route|push)-/.test(stage)

/** The record as read, as mapped and as answered, side by side, with the field marked that the failure names. */
export function Stages(props: { readonly letter: ShownLetter }): JSX.Element {
  const mapping = () => isMapping(props.letter.stage)
  return (
    <section aria-labelledby="stages">
      <div class="section-head">
        <h2 id="stages">{texts.letter.stages}</h2>
        <Show when={props.letter.masked}>
          <p class="soft">{texts.letter.masked}</p>
        </Show>
      </div>
      <div class="stages">
        <Show
          when={mapping()}
          fallback={
            <>
              <Stage title={texts.letter.asRead}>
                <Read letter={props.letter} />
              </Stage>
              <Stage title={texts.letter.asMapped}>
                <Own letter={props.letter} />
              </Stage>
            </>
          }
        >
          <Stage title={texts.letter.asRead}>
            <Own letter={props.letter} />
          </Stage>
          <Stage title={texts.letter.asMapped} beside={texts.letter.wouldBe}>
            <WouldBe letter={props.letter} />
          </Stage>
        </Show>
        <Stage title={texts.letter.asAnswered} beside={texts.letter.refusedBy(props.letter.stage)}>
          <Answer letter={props.letter} />
        </Stage>
      </div>
    </section>
  )
}

function Stage(props: {
  readonly title: string
  readonly beside?: string
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <article class="card stage">
      <div class="card-head">
        <h3>{props.title}</h3>
        <span class="soft stage-beside">{props.beside}</span>
      </div>
      {props.children}
    </article>
  )
}

/** The record itself. */
function Own(props: { readonly letter: ShownLetter }): JSX.Element {
  return (
    <Show
      when={props.letter.undecodable}
      fallback={<MarkedJson value={props.letter.event} field={props.letter.field} />}
    >
      {(why) => (
        <p class="event-note bad">
          {texts.letter.undecodable} {why().message}
        </p>
      )}
    </Show>
  )
}

function Read(props: { readonly letter: ShownLetter }): JSX.Element {
  return (
    <Show when={props.letter.as_read} fallback={<p class="event-note soft">{texts.letter.notRead}</p>}>
      {(read) => (
        <Show when={read().event} fallback={<p class="event-note soft">{read().problem}</p>}>
          {(event) => <MarkedJson value={event()} field={props.letter.field} />}
        </Show>
      )}
    </Show>
  )
}

/** It was not mapped, so this shows what a retry would make of it. */
function WouldBe(props: { readonly letter: ShownLetter }): JSX.Element {
  const verdict = useQuery(() => verdictQuery(props.letter.id))
  const outputs = () => (verdict.isSuccess ? verdict.data.outputs : [])
  return (
    <Switch fallback={<p class="event-note soft">{texts.letter.notMapped}</p>}>
      <Match when={verdict.isPending}>
        <p class="event-note soft">{texts.letter.previewing}</p>
      </Match>
      <Match when={outputs().length > 0}>
        <For each={outputs()}>{(output) => <MarkedJson value={output.event} field={props.letter.field} />}</For>
      </Match>
    </Switch>
  )
}

function Answer(props: { readonly letter: ShownLetter }): JSX.Element {
  return (
    <>
      <p class="event-note cause-message">{props.letter.message}</p>
      <Show when={props.letter.field}>
        {(field) => (
          <p class="event-note">
            <mark>{texts.letter.marked(field())}</mark>
          </p>
        )}
      </Show>
      <MarkedJson
        value={{ code: props.letter.code, field: props.letter.field, stage: props.letter.stage }}
        field={props.letter.field === null ? null : 'field'}
      />
    </>
  )
}
