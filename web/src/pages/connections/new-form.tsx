import { createSignal, For, type JSX, Show } from 'solid-js'
import { type DocumentKind, documentsQuery, schemaQuery } from '../../api/documents.ts'
import { useQuery } from '../../api/use-query.ts'
import { texts } from '../../texts.ts'
import type { Schema } from './schema-fields.ts'
import { systemTypesOf, type Template } from './templates.ts'

const words = texts.newDocument
const ID = '[a-z0-9\\-]{1,40}'

/** Id and template of a new document. */
export function NewForm(props: {
  readonly kind: DocumentKind
  readonly onBegin: (begun: Readonly<Record<string, string>>) => void
}): JSX.Element {
  const schema = useQuery(schemaQuery)
  const systems = useQuery(() => documentsQuery('system'))
  const connections = useQuery(() => documentsQuery('connection'))
  const [id, setId] = createSignal('')
  const [from, setFrom] = createSignal('')
  const [shop, setShop] = createSignal('')
  const [vendor, setVendor] = createSignal('')
  const idsOf = (list: typeof systems) => (list.isSuccess ? list.data.items.map((one) => one.id) : [])
  const known = () => idsOf(props.kind === 'system' ? systems : connections)
  const isTaken = () => props.kind !== 'product-metadata' && known().includes(id())
  const types = () => (schema.isSuccess ? systemTypesOf((schema.data as Schema).definitions?.['system'] ?? {}) : [])
  const own = (): readonly Template[] => {
    if (props.kind === 'system') return types()
    return [{ id: 'usual', text: props.kind === 'connection' ? words.bothReads : words.usualRules }]
  }
  const templates = () => [
    ...own(),
    ...known().map((one) => ({ id: `copy:${one}`, text: words.copyOf(one) })),
    { id: 'empty', text: words.empty },
  ]
  const chosen = () => from() || (templates()[0]?.id ?? '')
  const joins = () => props.kind === 'connection' && chosen() === 'usual'
  const isReady = () =>
    new RegExp(`^${ID}$`).test(id()) && !isTaken() && (!joins() || (shop() !== '' && vendor() !== ''))
  return (
    <div>
      <section class="card new-card">
        <form
          class="new-form"
          onSubmit={(event) => {
            event.preventDefault()
            if (isReady()) {
              props.onBegin({ id: id(), from: chosen(), ...(joins() ? { shop: shop(), vendor: vendor() } : {}) })
            }
          }}
        >
          <label class="field">
            <span>{words.ids[props.kind]}</span>
            <input
              required
              pattern={ID}
              maxlength="40"
              autocomplete="off"
              spellcheck={false}
              list={props.kind === 'product-metadata' ? 'new-ids' : undefined}
              placeholder={words.idHint}
              value={id()}
              aria-describedby="new-id-note"
              onInput={(event) => setId(event.currentTarget.value.trim())}
            />
            <span id="new-id-note" class="new-note" role="status">
              {isTaken() ? words.taken(id()) : ''}
            </span>
          </label>
          <Show when={props.kind === 'product-metadata'}>
            <datalist id="new-ids">
              <For each={known()}>{(one) => <option value={one} />}</For>
            </datalist>
          </Show>
          <Choice label={words.from} value={chosen()} options={templates()} onChange={setFrom} />
          <Show when={joins()}>
            <Choice label={words.shop} value={shop()} options={withNone(idsOf(systems))} onChange={setShop} />
            <Choice label={words.vendor} value={vendor()} options={withNone(idsOf(systems))} onChange={setVendor} />
          </Show>
          <div class="dialog-actions">
            <button type="submit" class="button primary" disabled={!isReady()}>
              {words.next}
            </button>
          </div>
        </form>
      </section>
    </div>
  )
}

const withNone = (ids: readonly string[]): readonly Template[] => [
  { id: '', text: words.choose },
  ...ids.map((id) => ({ id, text: id })),
]

function Choice(props: {
  readonly label: string
  readonly value: string
  readonly options: readonly Template[]
  readonly onChange: (id: string) => void
}): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      <span class="select">
        <select onChange={(event) => props.onChange(event.currentTarget.value)}>
          <For each={props.options}>
            {(option) => (
              <option value={option.id} selected={option.id === props.value}>
                {option.text}
              </option>
            )}
          </For>
        </select>
      </span>
    </label>
  )
}
