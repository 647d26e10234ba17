import './problems.css'
import { A, useSearchParams } from '@solidjs/router'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { GroupMoney, LetterGroup, LetterState } from '../../api/answers.ts'
import { queryText } from '../../api/ask.ts'
import { groupsQuery, moneyQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { causeText, countText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Parted } from '../../parts/parted.tsx'
import { Empty, PageHead } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { ActButtons } from './act-buttons.tsx'
import { ConnectionFilter } from './connection-filter.tsx'
import { stateOf } from './letter-states.ts'
import { RetryProgress } from './retry-progress.tsx'
import { Stake } from './stake.tsx'
import { ProblemTabs } from './tabs.tsx'

const groupTable: CsvTable<LetterGroup> = {
  columns: ['count', 'code', 'field', 'message', 'connection', 'stage', 'first_at', 'last_at', 'group'],
  cellsOf: (one) => [
    one.count,
    one.code,
    one.field,
    one.message,
    one.connection,
    one.stage,
    one.first_at,
    one.last_at,
    one.group,
  ],
}

/** Failed records, grouped by cause, most frequent first. */
export function Problems(): JSX.Element {
  usePageTitle(() => texts.problems.title)
  const [search, setSearch] = useSearchParams<{ state: string; connection: string; key: string; part: string }>()
  const state = () => stateOf(search.state)
  const choice = () => ({
    state: state(),
    connection: search.connection || undefined,
    key: search.key || undefined,
  })
  const groups = useQuery(() => groupsQuery(choice()))
  const stake = useQuery(() => moneyQuery(choice()))
  const money = createMemo(
    () => new Map(stake.isSuccess ? stake.data.groups.map((one) => [one.group, one] as const) : []),
  )
  const count = () => (groups.isSuccess ? groups.data.groups.reduce((sum, one) => sum + one.count, 0) : 0)
  const hasFilter = () => Boolean(search.connection || search.key)
  return (
    <>
      <PageHead
        title={texts.problems.title}
        lead={texts.problems.lead}
        actions={
          <Show when={state() === 'open' && count() > 0}>
            <ActButtons
              name="all"
              target={{ choice: choice(), count: count() }}
              retry={texts.problems.retryAll(countText(count(), groups.isSuccess && !groups.data.complete))}
              discard={null}
            />
          </Show>
        }
      />
      <RetryProgress />
      <div class="section-head">
        <ProblemTabs current={state()} keep={{ connection: search.connection, key: search.key }} />
        <div class="filters push">
          <KeyFilter value={search.key ?? ''} onChange={(key) => setSearch({ key: key || null, part: null })} />
          <ConnectionFilter
            value={search.connection ?? ''}
            onChange={(connection) => setSearch({ connection: connection || null, part: null })}
          />
          <CsvButton
            name={`problems-${state()}`}
            table={groupTable}
            load={async () => (groups.isSuccess ? groups.data.groups : [])}
          />
        </div>
      </div>
      <div class="card">
        <Switch>
          <Match when={groups.isSuccess && groups.data.groups.length === 0}>
            <None state={state()} hasFilter={hasFilter()} />
          </Match>
          <Match when={groups.isSuccess && groups.data}>
            {(told) => (
              <>
                <Show when={!told().complete}>
                  <p class="problems-more soft">{texts.problems.incomplete}</p>
                </Show>
                <Parted name="part" rows={told().groups}>
                  {(groups) => <GroupTable groups={groups()} state={state()} money={money()} />}
                </Parted>
              </>
            )}
          </Match>
          <Unanswered of={groups} lines={4} />
        </Switch>
      </div>
    </>
  )
}

function None(props: { readonly state: LetterState; readonly hasFilter: boolean }): JSX.Element {
  return (
    <Show
      when={props.state === 'open' && !props.hasFilter}
      fallback={
        <Empty icon="search" title={texts.problems.noneOther} lead={texts.problems.noneOtherLead}>
          <A href="/problems" class="button">
            {texts.problems.showOpen}
          </A>
        </Empty>
      }
    >
      <Empty icon="check" title={texts.problems.noneOpen} lead={texts.problems.noneOpenLead} />
    </Show>
  )
}

function KeyFilter(props: { readonly value: string; readonly onChange: (value: string) => void }): JSX.Element {
  return (
    <label class="search">
      <span class="unseen">{texts.problems.key}</span>
      <Icon name="search" size={14} />
      <input
        type="search"
        class="input"
        placeholder={texts.problems.key}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      />
    </label>
  )
}

function GroupTable(props: {
  readonly groups: readonly LetterGroup[]
  readonly state: LetterState
  readonly money: ReadonlyMap<string, GroupMoney>
}): JSX.Element {
  const state = () => (props.state === 'open' ? undefined : props.state)
  return (
    <table class="table groups">
      <thead>
        <tr>
          <th class="number">{texts.problems.columns.count}</th>
          <th>{texts.problems.columns.cause}</th>
          <th class="wide">{texts.problems.columns.where}</th>
          <th class="number wide" title={texts.money.title}>
            {texts.money.label}
          </th>
          <th class="number wide">{texts.problems.columns.first}</th>
          <th class="number wide">{texts.problems.columns.last}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.groups}>
          {(group) => (
            <tr class="link">
              <td class="number group-count">{countText(group.count)}</td>
              <td class="group-cause">
                <A href={`/problems/${group.group}${queryText({ state: state() })}`} class="row-link">
                  {causeText(group.code)}
                </A>
                <Show when={group.field}>
                  {(field) => <span class="soft"> · {texts.problems.fieldIs(field())}</span>}
                </Show>
                <span class="soft group-message">{group.message}</span>
                <Show when={props.money.get(group.group)}>
                  {(money) => (
                    <span class="group-stake">
                      <Stake money={money()} />
                    </span>
                  )}
                </Show>
              </td>
              <td class="wide">
                {group.connection ?? texts.problems.allConnections}
                <span class="soft group-stage">{group.stage}</span>
              </td>
              <td class="number wide">
                <Show when={props.money.get(group.group)} fallback={<span class="soft">–</span>}>
                  {(money) => <Stake money={money()} />}
                </Show>
              </td>
              <td class="number soft wide">
                <Ago at={group.first_at} />
              </td>
              <td class="number soft wide">
                <Ago at={group.last_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
