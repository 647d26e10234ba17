import { useSearchParams } from '@solidjs/router'
import { type Accessor, createMemo, type JSX, Show } from 'solid-js'
import { countText } from '../format.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'

/** Rows on the page at once: with many rows a browser would be busy for seconds. */
const AT_ONCE = 100

/** A list that the API returns whole, drawn in parts; the part is in the address, under `name`. */
export function Parted<T>(props: {
  readonly name: string
  readonly rows: readonly T[]
  /** Fewer if rows are expensive. */
  readonly atOnce?: number
  readonly children: (shown: Accessor<readonly T[]>) => JSX.Element
}): JSX.Element {
  const [search, setSearch] = useSearchParams<Record<string, string>>()
  const atOnce = () => props.atOnce ?? AT_ONCE
  const last = () => Math.max(1, Math.ceil(props.rows.length / atOnce()))
  const part = () => Math.min(last(), Math.max(1, Math.trunc(Number(search[props.name])) || 1))
  const begin = () => (part() - 1) * atOnce()
  const shown = createMemo(() => props.rows.slice(begin(), begin() + atOnce()))
  const go = (to: number) => setSearch({ [props.name]: to === 1 ? null : to })
  return (
    <>
      {props.children(shown)}
      <Show when={last() > 1}>
        <div class="pager">
          <span class="soft number" role="status">
            {texts.parts.of(countText(begin() + 1), countText(begin() + shown().length), countText(props.rows.length))}
          </span>
          <button type="button" class="button small" disabled={part() === 1} onClick={() => go(part() - 1)}>
            <Icon name="left" size={14} />
            {texts.parts.previous}
          </button>
          <button type="button" class="button small" disabled={part() === last()} onClick={() => go(part() + 1)}>
            {texts.parts.next}
            <Icon name="right" size={14} />
          </button>
        </div>
      </Show>
    </>
  )
}
