import { For, type JSX, Match, Switch } from 'solid-js'
import { type DescribedTable, tablesQuery } from '../../api/system.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { bytesText, countText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Badge } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'

const words = texts.system

const table: CsvTable<DescribedTable> = {
  columns: ['name', 'status', 'items', 'bytes', 'billing', 'point_in_time_recovery', 'expires', 'problem'],
  cellsOf: (one) => [
    one.name,
    one.status,
    one.items,
    one.bytes,
    one.billing,
    one.point_in_time_recovery === null ? null : String(one.point_in_time_recovery),
    one.expires,
    one.problem,
  ],
}

const isWell = ({ problem, status }: DescribedTable) => problem === null && status === 'ACTIVE'

const byNeed = (one: DescribedTable, other: DescribedTable) =>
  Number(isWell(one)) - Number(isWell(other)) || one.name.localeCompare(other.name)

/** Each table as DynamoDB describes it. */
export function TablesView(): JSX.Element {
  const tables = useQuery(tablesQuery)
  return (
    <section class="card" aria-labelledby="tables">
      <div class="card-head">
        <h2 id="tables">{words.tables}</h2>
        <CsvButton name="tables" table={table} load={async () => (tables.isSuccess ? tables.data.items : [])} />
      </div>
      <Switch>
        <Match when={tables.isSuccess && tables.data.items.toSorted(byNeed)}>
          {(items) => (
            <>
              <p class="system-lead soft">{words.tablesLead}</p>
              <table class="table">
                <TableHead
                  columns={[
                    words.columns.table,
                    words.columns.state,
                    [words.columns.items, 'number'],
                    [words.columns.size, 'number wide'],
                    [words.columns.billing, 'wide'],
                    [words.columns.recovery, 'wide'],
                    [words.columns.expires, 'wide'],
                  ]}
                />
                <tbody>
                  <For each={items()}>{(one) => <Row of={one} />}</For>
                </tbody>
              </table>
            </>
          )}
        </Match>
        <Unanswered of={tables} lines={8} />
      </Switch>
    </section>
  )
}

function Row(props: { readonly of: DescribedTable }): JSX.Element {
  const tone = () => {
    if (isWell(props.of)) return 'good'
    return props.of.problem === 'keys' ? 'bad' : 'warn'
  }
  const state = () => {
    const { problem, status } = props.of
    return problem === null ? (words.statuses[status ?? ''] ?? status ?? '–') : words.tableProblems[problem]
  }
  const recovery = () => {
    const { point_in_time_recovery: isOn } = props.of
    return isOn === null ? words.notKnown : isOn ? words.on : words.off
  }
  return (
    <tr>
      <td class="system-name">{props.of.name}</td>
      <td>
        <Badge tone={tone()}>{state()}</Badge>
      </td>
      <td class="number">{props.of.items === null ? '–' : countText(props.of.items)}</td>
      <td class="number wide">{props.of.bytes === null ? '–' : bytesText(props.of.bytes)}</td>
      <td class="wide soft nowrap">{props.of.billing === null ? '–' : words.billings[props.of.billing]}</td>
      <td class="wide soft">{recovery()}</td>
      <td class="wide soft">{props.of.expires ?? '–'}</td>
    </tr>
  )
}
