import './administration.css'
import { useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import { type KeyStatus, keysQuery } from '../../api/administration.ts'
import { callerQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { countText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Parted } from '../../parts/parted.tsx'
import { Badge, Empty, PageHead, type Tone } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { isOwnKey } from '../../session.ts'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { Administrators } from './administrators.tsx'
import { NewKeyDialog } from './new-key.tsx'
import { reachText } from './reach-text.ts'
import { RevokeDialog } from './revoke-dialog.tsx'

const tones: Readonly<Record<KeyStatus['state'], Tone>> = { active: 'good', expired: 'warn', revoked: 'idle' }

const table: CsvTable<KeyStatus> = {
  columns: [
    'id',
    'name',
    'state',
    'scopes',
    'connections',
    'systems',
    'created_at',
    'created_by',
    'expires_at',
    'last_used_at',
    'revoked_at',
    'revoked_by',
  ],
  cellsOf: (key) => [
    key.id,
    key.name,
    key.state,
    key.scopes.join(' '),
    key.connections === 'all' ? 'all' : key.connections.join(' '),
    key.systems === 'all' ? 'all' : key.systems.join(' '),
    key.created_at,
    key.created_by,
    key.expires_at,
    key.last_used_at,
    key.revoked_at,
    key.revoked_by,
  ],
}

/** Credentials of people and programs, for administrators. */
export function Keys(): JSX.Element {
  usePageTitle(() => texts.keys.title)
  return (
    <>
      <PageHead title={texts.keys.title} lead={texts.keys.lead} />
      <Administrators>
        <KeyList />
      </Administrators>
    </>
  )
}

const isActive = ({ state }: KeyStatus) => state === 'active'
const byNewest = (one: KeyStatus, other: KeyStatus) => other.created_at.localeCompare(one.created_at)

function KeyList(): JSX.Element {
  const [search, setSearch] = useSearchParams<{ show: string; part: string }>()
  const [isCreating, setIsCreating] = createSignal(false)
  const [revoking, setRevoking] = createSignal<KeyStatus | null>(null)
  const caller = useQuery(callerQuery)
  const keys = useQuery(keysQuery)
  const all = createMemo(() => (keys.isSuccess ? keys.data.items.toSorted(byNewest) : []))
  const active = createMemo(() => all().filter(isActive))
  const shown = () => (search.show === 'all' ? all() : active())
  const isLast = (key: KeyStatus) =>
    key.scopes.includes('administer') &&
    active().every(({ id, scopes }) => id === key.id || !scopes.includes('administer'))
  return (
    <div class="stack">
      <Show when={caller.isSuccess && !caller.data.signed_in}>
        <div class="note" data-tone="warn">
          <Icon name="keys" />
          <div>
            <strong>{texts.keys.open}</strong>
            <p>{texts.keys.openLead}</p>
          </div>
        </div>
      </Show>
      <section aria-label={texts.keys.title}>
        <div class="section-head keys-head">
          <Select
            label={texts.keys.which}
            value={search.show === 'all' ? 'all' : ''}
            options={[
              { value: '', text: texts.keys.active(countText(active().length)) },
              { value: 'all', text: texts.keys.all(countText(all().length)) },
            ]}
            onChange={(show) => setSearch({ show: show || null, part: null })}
          />
          <div class="filters push">
            <CsvButton name="keys" table={table} load={async () => shown()} />
            <button type="button" class="button primary" onClick={() => setIsCreating(true)}>
              <Icon name="keys" size={14} />
              {texts.keys.create}
            </button>
          </div>
        </div>
        <div class="card">
          <Switch>
            <Match when={keys.isSuccess && all().length === 0}>
              <Empty icon="keys" title={texts.keys.none} lead={texts.keys.noneLead} />
            </Match>
            <Match when={keys.isSuccess && shown().length === 0}>
              <Empty icon="keys" title={texts.keys.noneActive} lead={texts.keys.noneActiveLead} />
            </Match>
            <Match when={keys.isSuccess}>
              <Parted name="part" rows={shown()}>
                {(keys) => <KeyTable keys={keys()} onRevoke={setRevoking} />}
              </Parted>
            </Match>
            <Unanswered of={keys} lines={5} />
          </Switch>
        </div>
      </section>
      <Show when={isCreating()}>
        <NewKeyDialog isOpen={caller.isSuccess && !caller.data.signed_in} onClose={() => setIsCreating(false)} />
      </Show>
      <Show when={revoking()} keyed>
        {(key) => <RevokeDialog of={key} isLast={isLast(key)} onClose={() => setRevoking(null)} />}
      </Show>
    </div>
  )
}

function KeyTable(props: {
  readonly keys: readonly KeyStatus[]
  readonly onRevoke: (key: KeyStatus) => void
}): JSX.Element {
  const columns = texts.keys.columns
  return (
    <table class="table keys">
      <TableHead
        columns={[
          columns.name,
          columns.state,
          [columns.scopes, 'wide'],
          [columns.reach, 'wide'],
          [columns.created, 'number wide'],
          [columns.expires, 'number wide'],
          [columns.used, 'number wide'],
          [texts.keys.revoke, 'unseen'],
        ]}
      />
      <tbody>
        <For each={props.keys}>
          {(key) => (
            <tr>
              <td>
                <span class="key-name">{key.name}</span>
                <span class="key-id">
                  <code>{key.id}</code>
                  <Show when={isOwnKey(key.id)}>
                    <span> · {texts.keys.yours}</span>
                  </Show>
                </span>
              </td>
              <td>
                <Badge tone={tones[key.state]}>{texts.keys.states[key.state]}</Badge>
              </td>
              <td class="wide key-scopes">
                <For each={key.scopes}>{(scope) => <span class="key-scope">{scope}</span>}</For>
              </td>
              <td class="wide soft key-reach">{reachText(key)}</td>
              <td class="number wide soft" title={texts.keys.by(key.created_by)}>
                <Ago at={key.created_at} />
              </td>
              <td class="number wide soft">
                <Show when={key.expires_at} fallback={texts.keys.never}>
                  {(at) => <Time at={at()} />}
                </Show>
              </td>
              <td class="number wide soft">
                <Show when={key.last_used_at} fallback={texts.keys.never}>
                  {(at) => <Ago at={at()} />}
                </Show>
              </td>
              <td class="key-action">
                <Show when={key.state === 'active'} fallback={<Ended key={key} />}>
                  <button
                    type="button"
                    class="button small danger"
                    aria-label={`${texts.keys.revoke}: ${key.name}`}
                    onClick={() => props.onRevoke(key)}
                  >
                    {texts.keys.revoke}
                  </button>
                </Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

/** When a key was revoked; by whom on hover. */
function Ended(props: { readonly key: KeyStatus }): JSX.Element {
  return (
    <Show when={props.key.revoked_at}>
      {(at) => (
        <span class="soft" title={texts.keys.revokedBy(props.key.revoked_by ?? '')}>
          <Ago at={at()} />
        </span>
      )}
    </Show>
  )
}
