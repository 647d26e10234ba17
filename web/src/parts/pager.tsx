import { type JSX, Show } from 'solid-js'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'

/** Pages through a list, newest rows first. `cursor`: of the next page; null: there is none. */
export function Pager(props: {
  readonly cursor: string | null
  readonly isFirst: boolean
  /** Null: the first page. */
  readonly onPage: (cursor: string | null) => void
}): JSX.Element {
  return (
    <Show when={props.cursor !== null || !props.isFirst}>
      <div class="pager">
        <Show when={!props.isFirst}>
          <button type="button" class="button small" onClick={() => props.onPage(null)}>
            {texts.orders.newest}
          </button>
        </Show>
        <Show when={props.cursor}>
          {(cursor) => (
            <button type="button" class="button small" onClick={() => props.onPage(cursor())}>
              {texts.orders.older}
              <Icon name="right" size={14} />
            </button>
          )}
        </Show>
      </div>
    </Show>
  )
}
