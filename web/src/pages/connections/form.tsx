import { createMemo, createSignal, createUniqueId, Index, type JSX, Match, Show, Switch } from 'solid-js'
import type { Mistake } from '../../api/ask.ts'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'
import { controlOf, fieldName, type Path, type Schema, schemaFor, valueAt } from './schema-fields.ts'
import { mistakeText, readYaml, yamlOf } from './yaml.ts'

/** The draft that a form edits. */
interface Draft {
  readonly value: unknown
  readonly mistakes: readonly Mistake[]
  readonly isLocked: boolean
  readonly change: (path: Path, value: unknown) => void
}

interface Part {
  readonly draft: Draft
  readonly schema: Schema
  readonly path: Path
}

/** These come from the address. */
const FIXED: ReadonlySet<string> = new Set(['kind', 'id'])

/** The fields of a map: those that its schema has for its current content. */
export function Fields(props: Part): JSX.Element {
  const value = () => valueAt(props.draft.value, props.path)
  const schema = createMemo(() => schemaFor(props.schema, value()))
  // An optional value that is absent requires nothing.
  const isThere = () => props.path.length === 0 || value() !== undefined
  const names = () => Object.keys(schema().properties ?? {}).filter((name) => props.path.length > 0 || !FIXED.has(name))
  return (
    <div class="form-fields">
      <Index each={names()}>
        {(name) => (
          <Field
            draft={props.draft}
            schema={schema().properties?.[name()] ?? {}}
            path={[...props.path, name()]}
            name={name()}
            isRequired={isThere() && (schema().required?.includes(name()) ?? false)}
          />
        )}
      </Index>
    </div>
  )
}

interface FieldPart extends Part {
  readonly name: string
  readonly isRequired: boolean
}

function Field(props: FieldPart): JSX.Element {
  const control = createMemo(() => controlOf(props.schema))
  return (
    <Switch fallback={<Single {...props} />}>
      <Match when={control() === 'group'}>
        <fieldset class="form-group">
          <legend>{props.name}</legend>
          <p class="form-hint">{props.schema.description}</p>
          <Mistakes draft={props.draft} path={props.path} />
          <Fields draft={props.draft} schema={props.schema} path={props.path} />
        </fieldset>
      </Match>
      <Match when={control() === 'list'}>
        <List {...props} />
      </Match>
    </Switch>
  )
}

function List(props: FieldPart): JSX.Element {
  const items = () => {
    const value = valueAt(props.draft.value, props.path)
    return Array.isArray(value) ? value : []
  }
  return (
    <fieldset class="form-group">
      <legend>{props.name}</legend>
      <p class="form-hint">{props.schema.description}</p>
      <Mistakes draft={props.draft} path={props.path} />
      <Index each={items()}>
        {(_, index) => (
          <fieldset class="form-item">
            <legend>{texts.document.item(props.name, index + 1)}</legend>
            <button
              type="button"
              class="icon-button form-remove"
              disabled={props.draft.isLocked}
              aria-label={`${texts.document.remove}: ${texts.document.item(props.name, index + 1)}`}
              title={texts.document.remove}
              onClick={() => props.draft.change([...props.path, index], undefined)}
            >
              <Icon name="discard" size={14} />
            </button>
            <Fields draft={props.draft} schema={props.schema.items ?? {}} path={[...props.path, index]} />
          </fieldset>
        )}
      </Index>
      <button
        type="button"
        class="button small form-add"
        disabled={props.draft.isLocked}
        aria-label={`${texts.document.add}: ${props.name}`}
        onClick={() => props.draft.change([...props.path, items().length], {})}
      >
        {texts.document.add}
      </button>
    </fieldset>
  )
}

/** Mistakes of a value; for a value edited as a whole also those inside it. */
function mistakesOf(draft: Draft, path: Path, inside: boolean): readonly Mistake[] {
  const name = fieldName(path)
  return draft.mistakes.filter(
    ({ field }) => field === name || (inside && (field.startsWith(`${name}.`) || field.startsWith(`${name}[`))),
  )
}

function Mistakes(props: { readonly draft: Draft; readonly path: Path }): JSX.Element {
  return (
    <Index each={mistakesOf(props.draft, props.path, false)}>
      {(mistake) => <p class="form-mistake">{mistake().message}</p>}
    </Index>
  )
}

function Single(props: FieldPart): JSX.Element {
  const id = createUniqueId()
  const control = createMemo(() => controlOf(props.schema))
  const value = () => valueAt(props.draft.value, props.path)
  const mistakes = () => mistakesOf(props.draft, props.path, true)
  const change = (next: unknown) => props.draft.change(props.path, next)
  const shared = {
    id,
    get disabled() {
      return props.draft.isLocked
    },
    get 'aria-invalid'() {
      return mistakes().length > 0
    },
    'aria-describedby': `${id}-about`,
  } as const
  const textValue = () => (value() === undefined || value() === null ? '' : String(value()))
  return (
    <div class="form-field" classList={{ tall: control() === 'lines' || control() === 'other' }}>
      <label for={id}>
        {props.name}
        <Show when={props.isRequired}>
          <span class="form-required" aria-hidden="true">
            *
          </span>
        </Show>
      </label>
      <div class="form-control">
        <Switch fallback={<YamlValue shared={shared} value={value()} change={change} />}>
          <Match when={control() === 'text'}>
            <input
              {...shared}
              type="text"
              class="input"
              value={textValue()}
              onInput={({ currentTarget }) => change(currentTarget.value === '' ? undefined : currentTarget.value)}
            />
          </Match>
          <Match when={control() === 'number'}>
            <input
              {...shared}
              type="number"
              step="any"
              class="input"
              value={textValue()}
              onInput={({ currentTarget }) =>
                change(currentTarget.value === '' ? undefined : currentTarget.valueAsNumber)
              }
            />
          </Match>
          <Match when={control() === 'switch' || control() === 'choice'}>
            <Choice shared={shared} schema={props.schema} value={textValue()} change={change} />
          </Match>
          <Match when={control() === 'lines'}>
            <textarea
              {...shared}
              class="input"
              placeholder={texts.document.lines}
              rows={Array.isArray(value()) ? Math.min(8, Math.max(2, (value() as readonly unknown[]).length)) : 2}
              value={Array.isArray(value()) ? (value() as readonly unknown[]).join('\n') : ''}
              onChange={({ currentTarget }) => {
                const lines = currentTarget.value.split('\n').flatMap((line) => line.trim() || [])
                change(lines.length === 0 && !props.isRequired ? undefined : lines)
              }}
            />
          </Match>
        </Switch>
        <div id={`${id}-about`}>
          <Index each={mistakes()}>{(mistake) => <p class="form-mistake">{mistake().message}</p>}</Index>
          <p class="form-hint">{props.schema.description}</p>
        </div>
      </div>
    </div>
  )
}

interface Shared {
  readonly id: string
  readonly disabled: boolean
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string
}

function Choice(props: {
  readonly shared: Shared
  readonly schema: Schema
  readonly value: string
  readonly change: (value: unknown) => void
}): JSX.Element {
  const isSwitch = () => controlOf(props.schema) === 'switch'
  const options = () => (isSwitch() ? ['true', 'false'] : (props.schema.enum ?? []).map(String))
  const textOf = (option: string) => {
    if (!isSwitch()) return option
    return option === 'true' ? texts.document.yes : texts.document.no
  }
  return (
    <span class="select">
      <select
        {...props.shared}
        class="input"
        value={props.value}
        onChange={({ currentTarget }) => {
          const chosen = currentTarget.value
          if (chosen === '') props.change(undefined)
          else props.change(isSwitch() ? chosen === 'true' : chosen)
        }}
      >
        <option value="" selected={props.value === ''}>
          {texts.document.notSetDefault}
        </option>
        <Index each={options()}>
          {(option) => (
            <option value={option()} selected={option() === props.value}>
              {textOf(option())}
            </option>
          )}
        </Index>
      </select>
    </span>
  )
}

/** Values without their own control: maps with free names, and values of several types. */
function YamlValue(props: {
  readonly shared: Shared
  readonly value: unknown
  readonly change: (value: unknown) => void
}): JSX.Element {
  const [problem, setProblem] = createSignal<string | null>(null)
  return (
    <>
      <textarea
        {...props.shared}
        class="input mono"
        spellcheck={false}
        placeholder={texts.document.asYaml}
        value={yamlOf(props.value)}
        onChange={({ currentTarget }) => {
          const read = readYaml(currentTarget.value)
          setProblem(read.problem === null ? null : mistakeText(read.problem))
          if (read.problem === null) props.change(read.value ?? undefined)
        }}
      />
      <Show when={problem()}>{(text) => <p class="form-mistake">{text()}</p>}</Show>
    </>
  )
}
