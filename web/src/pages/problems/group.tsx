import './problems.css'
import { A, useParams, useSearchParams } from '@solidjs/router'
import { createMemo, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { GroupMoney, LetterGroup, ListedLetter } from '../../api/answers.ts'
import { groupsQuery, lettersQuery, moneyQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { causeText, countText } from '../../format.ts'
import { useMay } from '../../may.ts'
import { allRows, CsvButton } from '../../parts/csv-button.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Empty, Fact, Facts, PageHead, StateBadge } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago } from '../../parts/when.tsx'
import { causes, texts } from '../../texts.ts'
import { usePageTitle } from '../../title.ts'
import { ActButtons } from './act-buttons.tsx'
import { editedOf, isMappedBefore } from './edited-stage.ts'
import { stateOf } from './letter-states.ts'
import { RetryProgress } from './retry-progress.tsx'
import { Stake } from './stake.tsx'
import { GroupTabs } from './tabs.tsx'

const letterTable: CsvTable<ListedLetter> = {
  columns: ['key', 'state', 'outcome', 'message', 'attempts', 'first_at', 'last_at', 'task', 'id'],
  cellsOf: (one) => [
    one.key,
    one.state,
    one.outcome,
    one.message,
    one.attempts,
    one.first_at,
    one.last_at,
    one.task,
    one.id,
  ],
}

/** One cause: the system's message, how to fix it, its records, and actions on all of them. */
export function GroupPage(): JSX.Element {
  const params = useParams<{ group: string }>()
  const [search, setSearch] = useSearchParams<{ state: string; cursor: string }>()
  const state = () => stateOf(search.state)
  const open = useQuery(() => groupsQuery({ groupId: params.group, state: 'open' }))
  const letters = useQuery(() => lettersQuery({ groupId: params.group, state: state() }, search.cursor ?? ''))
  const group = () => (open.isSuccess ? open.data.groups[0] : undefined)
  const example = createMemo(() => group() ?? (letters.isSuccess ? letters.data.items[0] : undefined))
  const stake = useQuery(() => moneyQuery({ groupId: params.group, state: 'open' }))
  const money = () => (stake.isSuccess ? stake.data.groups[0] : undefined)
  const title = () => (example() === undefined ? texts.problems.title : causeText(example()?.code ?? ''))
  usePageTitle(title)
  return (
    <>
      <PageHead
        title={title()}
        back={{ href: '/problems', text: texts.group.back }}
        beside={<Show when={group()}>{(told) => <span class="soft number">{countText(told().count)}</span>}</Show>}
        actions={
          <Show when={group()}>
            {(told) => (
              <>
                <Show when={isMapping(told())}>
                  <EditMapping group={params.group} isOfProducts={told().stage === 'map-products'} />
                </Show>
                <ActButtons
                  name={params.group}
                  target={{ choice: { groupId: params.group, state: 'open' }, count: told().count }}
                  retry={texts.group.retryAll(told().count)}
                  discard={texts.group.discardAll(told().count)}
                  isMappedBefore={isMappedBefore(told().stage)}
                />
              </>
            )}
          </Show>
        }
      />
      <div class="stack">
        <RetryProgress name={params.group} />
        <Show when={open.isSuccess && group() === undefined}>
          <div class="note" data-tone="good">
            <Icon name="check" />
            <div>
              <strong>{texts.group.gone}</strong>
              <p class="soft">{texts.group.goneLead}</p>
            </div>
          </div>
        </Show>
        <Show when={example()}>{(told) => <Cause of={told()} money={money()} />}</Show>
        <section aria-labelledby="records">
          <div class="section-head">
            <h2 id="records">{texts.group.records}</h2>
            <GroupTabs group={params.group} current={state()} />
            <div class="push">
              <CsvButton
                name={`problem-${params.group}-${state()}`}
                table={letterTable}
                load={() =>
                  allRows<ListedLetter>('/v1/dead-letters', { groupId: params.group, state: state(), limit: 500 })
                }
              />
            </div>
          </div>
          <div class="card">
            <Switch>
              <Match when={letters.isSuccess && letters.data.items.length === 0}>
                <Empty icon="check" title={texts.group.none} lead={texts.problems.noneOtherLead} />
              </Match>
              <Match when={letters.isSuccess && letters.data}>
                {(page) => (
                  <>
                    <LetterTable letters={page().items} />
                    <Pager cursor={page().cursor} isFirst={!search.cursor} onPage={(cursor) => setSearch({ cursor })} />
                  </>
                )}
              </Match>
              <Unanswered of={letters} lines={5} />
            </Switch>
          </div>
        </section>
      </div>
    </>
  )
}

/** Mapped by the rules of a connection: a change of the rules may fix it. */
const isMapping = ({ stage, connection }: LetterGroup) => connection !== null && editedOf(stage) !== undefined

function EditMapping(props: { readonly group: string; readonly isOfProducts: boolean }): JSX.Element {
  const may = useMay()
  const text = () => (props.isOfProducts ? texts.mapping.edit : texts.mapping.editOrders)
  return (
    <Show
      when={may('configure')}
      fallback={
        <button type="button" class="button" disabled title={texts.mapping.mayNot}>
          {text()}
        </button>
      }
    >
      <A href={`/problems/${props.group}/mapping`} class="button">
        {text()}
      </A>
    </Show>
  )
}

function Cause(props: {
  readonly of: Pick<ListedLetter, 'code' | 'message' | 'stage' | 'connection' | 'field' | 'first_at' | 'last_at'>
  readonly money: GroupMoney | undefined
}): JSX.Element {
  const facts = texts.group.facts
  return (
    <section class="card cause">
      <div class="cause-texts">
        <div>
          <h2>{texts.group.message}</h2>
          <p class="cause-message">{props.of.message}</p>
        </div>
        <Show when={causes[props.of.code]}>
          {(cause) => (
            <div>
              <h2>{texts.group.way}</h2>
              <p>{cause().way}</p>
            </div>
          )}
        </Show>
      </div>
      <Facts>
        <Show when={props.money}>
          {(money) => (
            <Fact name={texts.money.label}>
              <Stake money={money()} />
            </Fact>
          )}
        </Show>
        <Fact name={facts.connection}>{props.of.connection ?? texts.problems.allConnections}</Fact>
        <Fact name={facts.stage}>{props.of.stage}</Fact>
        <Fact name={facts.code}>{props.of.code}</Fact>
        <Show when={props.of.field}>{(field) => <Fact name={facts.field}>{field()}</Fact>}</Show>
        <Fact name={facts.times}>
          <Ago at={props.of.first_at} /> – <Ago at={props.of.last_at} />
        </Fact>
      </Facts>
    </section>
  )
}

function LetterTable(props: { readonly letters: readonly ListedLetter[] }): JSX.Element {
  return (
    <table class="table letters">
      <TableHead
        columns={[
          texts.group.columns.key,
          [texts.group.columns.message, 'wide'],
          [texts.group.columns.attempts, 'number wide'],
          texts.group.columns.state,
          [texts.group.columns.last, 'number'],
        ]}
      />
      <tbody>
        <For each={props.letters}>
          {(letter) => (
            <tr class="link">
              <td>
                <A href={`/problems/${letter.group}/${letter.id}`} class="row-link">
                  {letter.key}
                </A>
              </td>
              <td class="wide letter-message soft">
                <span class="clip">{letter.message}</span>
              </td>
              <td class="number wide">{countText(letter.attempts)}</td>
              <td>
                <StateBadge state={letter.state} />
              </td>
              <td class="number soft">
                <Ago at={letter.last_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}
