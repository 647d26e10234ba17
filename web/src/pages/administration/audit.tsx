import '../connections/connections.css'
import './administration.css'
import { A, useSearchParams } from '@solidjs/router'
import { createEffect, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import { type AuditEntry, type AuditFilter, auditFilters, auditQuery } from '../../api/administration.ts'
import { queryText } from '../../api/ask.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { causeText, countText } from '../../format.ts'
import { isTimeOrNone, timeOf } from '../../local-time.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Badge, Empty, PageHead, type Tone } from '../../parts/parts.tsx'
import { Select } from '../../parts/select.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { TimeField } from '../../parts/time-field.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { Diff } from '../connections/diff.tsx'
import { yamlOf } from '../connections/yaml.ts'
import { Administrators } from './administrators.tsx'

const words = texts.audit
const tones: Readonly<Record<AuditEntry['outcome'], Tone>> = { done: 'good', refused: 'warn', failed: 'bad' }
const outcomes = [
  { value: '', text: words.anyOutcome },
  ...Object.entries(words.outcomes).map(([value, text]) => ({ value, text })),
]

const table: CsvTable<AuditEntry> = {
  columns: ['at', 'who', 'kind', 'key', 'from', 'what', 'target', 'outcome', 'code', 'times', 'before', 'after'],
  cellsOf: (entry) => [
    entry.at,
    entry.who,
    entry.kind,
    entry.key,
    entry.from,
    entry.what,
    entry.target,
    entry.outcome,
    entry.code,
    entry.times,
    jsonOf(entry.before),
    jsonOf(entry.after),
  ],
}

const jsonOf = (value: unknown) => (value === null ? null : JSON.stringify(value))

/** Who did what, who was refused, and who read personal data, for administrators. */
export function Audit(): JSX.Element {
  usePageTitle(() => words.title)
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <Administrators>
        <Trail />
      </Administrators>
    </>
  )
}

type Search = Record<(typeof auditFilters)[number] | 'cursor', string>

function Trail(): JSX.Element {
  const [search, setSearch] = useSearchParams<Search>()
  const filter = (): AuditFilter => ({
    who: search.who ?? '',
    what: search.what ?? '',
    outcome: search.outcome ?? '',
    since: search.since ?? '',
    until: search.until ?? '',
  })
  const entries = useQuery(() => auditQuery(filter(), search.cursor))
  const choose = (over: AuditFilter) => setSearch({ ...emptyAsNull(over), cursor: null })
  return (
    <section aria-label={words.title}>
      <div class="section-head">
        <Filters filter={filter()} onChoose={choose} />
        <CsvButton
          name="audit"
          table={table}
          load={() => allRows<AuditEntry>('/v1/audit', { ...filter(), limit: 200 })}
        />
      </div>
      <div class="card">
        <Switch>
          <Match when={entries.isSuccess && entries.data}>
            {(page) => (
              <>
                <Show when={page().items.length > 0} fallback={<Nothing isEnd={page().cursor === null} />}>
                  <EntryTable entries={page().items} filter={filter()} />
                </Show>
                <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
              </>
            )}
          </Match>
          <Unanswered of={entries} lines={8} />
        </Switch>
      </div>
    </section>
  )
}

function emptyAsNull(filter: AuditFilter): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, value || null]))
}

function Nothing(props: { readonly isEnd: boolean }): JSX.Element {
  return (
    <Show when={props.isEnd} fallback={<Empty icon="audit" title={words.noneYet} lead={words.noneYetLead} />}>
      <Empty icon="audit" title={words.none} lead={words.noneLead} />
    </Show>
  )
}

/** Filters apply on blur or Enter. */
function Filters(props: {
  readonly filter: AuditFilter
  readonly onChoose: (filter: AuditFilter) => void
}): JSX.Element {
  const isSet = () => auditFilters.some((name) => props.filter[name] !== '')
  return (
    <search class="filters audit-filters">
      <TextFilter
        label={words.who}
        hint={words.whoHint}
        value={props.filter.who ?? ''}
        onChange={(who) => props.onChoose({ who })}
      />
      <TextFilter
        label={words.what}
        hint={words.whatHint}
        value={props.filter.what ?? ''}
        onChange={(what) => props.onChoose({ what })}
      />
      <Select
        label={words.outcome}
        value={props.filter.outcome ?? ''}
        options={outcomes}
        onChange={(outcome) => props.onChoose({ outcome })}
      />
      <TimeFilter
        label={words.since}
        value={props.filter.since ?? ''}
        onChange={(since) => props.onChoose({ since })}
      />
      <TimeFilter
        label={words.until}
        value={props.filter.until ?? ''}
        onChange={(until) => props.onChoose({ until })}
      />
      <Show when={isSet()}>
        <A href="/audit" class="button">
          <Icon name="close" size={14} />
          {words.clear}
        </A>
      </Show>
    </search>
  )
}

function TextFilter(props: {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly onChange: (value: string) => void
}): JSX.Element {
  return (
    <label class="audit-filter">
      <span>{props.label}</span>
      <input
        type="search"
        class="input"
        maxlength="200"
        placeholder={props.hint}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      />
    </label>
  )
}

function TimeFilter(props: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}): JSX.Element {
  const [local, setLocal] = createSignal('')
  createEffect(() => setLocal(localOf(props.value)))
  return (
    <TimeField
      label={props.label}
      class="audit-filter"
      inputClass="input"
      value={local()}
      onInput={setLocal}
      onChange={(given) => isTimeOrNone(given) && props.onChange(timeOf(given) ?? '')}
    />
  )
}

const MINUTE_MS = 60_000

/** A time as the browser's input takes it: in the viewer's zone, without naming the zone. */
function localOf(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return ''
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}

function EntryTable(props: { readonly entries: readonly AuditEntry[]; readonly filter: AuditFilter }): JSX.Element {
  return (
    <table class="table audit">
      <TableHead columns={[words.columns.at, [words.columns.who, 'wide'], words.columns.what, words.columns.outcome]} />
      <tbody>
        <For each={props.entries}>{(entry) => <Entry entry={entry} filter={props.filter} />}</For>
      </tbody>
    </table>
  )
}

function Entry(props: { readonly entry: AuditEntry; readonly filter: AuditFilter }): JSX.Element {
  const [isOpen, setIsOpen] = createSignal(false)
  const hasChange = () => props.entry.before !== null || props.entry.after !== null || props.entry.shortened
  const address = (over: AuditFilter) => `/audit${queryText({ ...props.filter, ...over })}`
  return (
    <>
      <tr>
        <td class="audit-at">
          <Time at={props.entry.at} />
          <A href={address({ who: props.entry.who })} class="audit-link soft narrow">
            {props.entry.who}
          </A>
        </td>
        <td class="wide">
          <A href={address({ who: props.entry.who })} class="audit-link audit-who">
            {props.entry.who}
          </A>
          <span class="soft audit-via">{viaText(props.entry)}</span>
        </td>
        <td class="audit-what">
          <A href={address({ what: props.entry.what })} class="audit-link">
            <code>{props.entry.what}</code>
          </A>
          <Show when={props.entry.target}>{(target) => <span class="audit-target">{target()}</span>}</Show>
          <Show when={reasonOf(props.entry)}>{(reason) => <span class="soft audit-via">“{reason()}”</span>}</Show>
          <Show when={hasChange()}>
            <button type="button" class="audit-toggle" aria-expanded={isOpen()} onClick={() => setIsOpen(!isOpen())}>
              {words.changes}
            </button>
          </Show>
        </td>
        <td>
          <Badge tone={tones[props.entry.outcome]}>{words.states[props.entry.outcome]}</Badge>
          <Show when={props.entry.code}>
            {(code) => <span class="soft audit-via">{causeText(code()).toLowerCase()}</span>}
          </Show>
          <Show when={props.entry.times > 1}>
            <span class="soft audit-via">{words.times(countText(props.entry.times))}</span>
          </Show>
        </td>
      </tr>
      <Show when={isOpen()}>
        <tr class="audit-change">
          <td colSpan={4}>
            <Show when={!props.entry.shortened} fallback={<p class="soft">{words.shortened}</p>}>
              <div class="audit-diff">
                <Diff before={yamlOf(props.entry.before)} after={yamlOf(props.entry.after)} />
              </div>
            </Show>
          </td>
        </tr>
      </Show>
    </>
  )
}

function viaText({ kind, key, from }: AuditEntry): string {
  const where = from ?? (kind === 'cli' ? words.onMachine : null)
  return [key === null ? words.kinds[kind] : words.key(key), where].filter((one) => one).join(' · ')
}

function reasonOf({ after }: AuditEntry): string | null {
  if (typeof after !== 'object' || after === null || !('reason' in after)) return null
  return typeof after.reason === 'string' ? after.reason : null
}
