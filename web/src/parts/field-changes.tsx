import './field-changes.css'
import { For, type JSX } from 'solid-js'
import type { FieldChange } from '../api/answers.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'

/** Fields that differ, with their current and new values. */
export function FieldChanges(props: { readonly changes: readonly FieldChange[] }): JSX.Element {
  return (
    <dl class="field-changes">
      <For each={props.changes}>
        {(change) => (
          <div>
            <dt>{change.field}</dt>
            <dd>
              <del>{valueText(change.before)}</del>
              <Icon name="right" size={12} />
              <ins>{valueText(change.after)}</ins>
            </dd>
          </div>
        )}
      </For>
    </dl>
  )
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return texts.mapping.none
  return typeof value === 'string' ? value : JSON.stringify(value)
}
