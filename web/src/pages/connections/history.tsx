import { useSearchParams } from '@solidjs/router'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { type Content, type DocumentChange, type DocumentKind, documentChangesQuery } from '../../api/documents.ts'
import { useQuery } from '../../api/use-query.ts'
import { Icon } from '../../parts/icons.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { Diff } from './diff.tsx'
import { yamlOf } from './yaml.ts'

/** Who changed a document, when, why and what; an old version is restored by a new change. */
export function History(props: {
  readonly kind: DocumentKind
  readonly id: string
  readonly mayRevert: boolean
  readonly onRevert: (document: Content) => void
}): JSX.Element {
  const [search, setSearch] = useSearchParams<{ cursor: string }>()
  const changes = useQuery(() => documentChangesQuery(props.kind, props.id, search.cursor ?? ''))
  return (
    <section class="card">
      <Switch>
        <Match when={changes.isSuccess && changes.data.items.length === 0 && changes.data.cursor === null}>
          <Empty icon="clock" title={texts.history.none} lead={texts.history.noneLead} />
        </Match>
        <Match when={changes.isSuccess && changes.data}>
          {(page) => (
            <>
              <ol class="changes">
                <For each={page().items}>
                  {(change) => (
                    <Change
                      change={change}
                      onRevert={
                        props.mayRevert && change.before !== null
                          ? () => change.before !== null && props.onRevert(change.before)
                          : null
                      }
                    />
                  )}
                </For>
              </ol>
              <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
            </>
          )}
        </Match>
        <Unanswered of={changes} lines={4} />
      </Switch>
    </section>
  )
}

function Change(props: { readonly change: DocumentChange; readonly onRevert: (() => void) | null }): JSX.Element {
  const what = () => {
    if (props.change.shortened) return texts.history.changed
    if (props.change.after === null) return texts.history.removed
    return props.change.before === null ? texts.history.made : texts.history.changed
  }
  return (
    <li class="change">
      <div class="change-head">
        <strong>{what()}</strong>
        <span class="soft">{texts.document.revision(props.change.revision)}</span>
        <span class="soft">{texts.history.by(props.change.by)}</span>
        <span class="soft push">
          <Time at={props.change.at} />
        </span>
      </div>
      <p classList={{ soft: props.change.reason === null }}>{props.change.reason ?? texts.history.noReason}</p>
      <Show when={!props.change.shortened} fallback={<p class="soft">{texts.history.shortened}</p>}>
        <details>
          <summary>{texts.history.show}</summary>
          <Diff before={yamlOf(props.change.before)} after={yamlOf(props.change.after)} />
          <Show when={props.onRevert}>
            {(revert) => (
              <button type="button" class="button small" onClick={() => revert()()}>
                <Icon name="retry" size={14} />
                {texts.history.revert(props.change.revision - 1)}
              </button>
            )}
          </Show>
        </details>
      </Show>
    </li>
  )
}
