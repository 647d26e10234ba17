import { For, type JSX, Show } from 'solid-js'
import type { Status } from '../../api/answers.ts'
import { statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { causeText, countText, entityText } from '../../format.ts'
import { TableHead } from '../../parts/table-head.tsx'
import { Ago } from '../../parts/when.tsx'
import { causes, texts } from '../../texts.ts'

const own = texts.waiting.byCause

/** Records waiting at one stage for one reason. */
interface WaitingCause {
  readonly id: string
  readonly stage: string
  readonly entity: string
  readonly code: string | null
  readonly message: string | null
  readonly count: number
  /** More may wait than were examined. */
  readonly more: boolean
  readonly since: string
  readonly connections: readonly string[]
}

/** Why records wait: per cause how many, since when, and what to do. The list below shows the records. */
export function WaitingCauses(props: { readonly connection: string }): JSX.Element {
  const status = useQuery(() => statusQuery({ seldom: true }))
  const found = () => (status.isSuccess ? causesOf(status.data, props.connection) : [])
  return (
    <Show when={found().length > 0}>
      <section class="card waiting-causes" aria-labelledby="waiting-causes">
        <div class="card-head">
          <h2 id="waiting-causes">{own.title}</h2>
        </div>
        <table class="table">
          <TableHead
            columns={[
              [own.columns.records, 'number'],
              own.columns.cause,
              [own.columns.where, 'wide'],
              [own.columns.since, 'number'],
            ]}
          />
          <tbody>
            <For each={found()}>
              {(cause) => (
                <tr>
                  <td class="number">{countText(cause.count, cause.more)}</td>
                  <td>
                    {cause.code === null ? entityText(cause.entity) : causeText(cause.code)}
                    <Show when={cause.message}>{(message) => <span class="soft group-message">{message()}</span>}</Show>
                    <Show when={causes[cause.code ?? '']}>
                      {(known) => <span class="soft group-message">{known().way}</span>}
                    </Show>
                  </td>
                  <td class="wide">
                    <For each={cause.connections}>{(one) => <span class="group-stage">{one}</span>}</For>
                    <span class="soft group-stage">{cause.stage}</span>
                  </td>
                  <td class="number soft">
                    <Ago at={cause.since} />
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
    </Show>
  )
}

/** Longest wait first; `connection`: only of this one, if not empty. */
function causesOf({ connections }: Status, connection: string): readonly WaitingCause[] {
  const each = connections
    .filter((one) => connection === '' || one.connection === connection)
    .flatMap((one) =>
      one.flows.flatMap(({ entity, waiting, waits }) =>
        waits.map((wait) => ({ ...wait, entity, connection: one.connection, more: waiting.more })),
      ),
    )
  return [...Map.groupBy(each, ({ stage, code }) => `${stage} ${code}`)]
    .flatMap(([id, alike]): readonly WaitingCause[] => {
      const [oldest] = alike.toSorted((a, b) => a.since.localeCompare(b.since))
      if (oldest === undefined) return []
      return [
        {
          ...oldest,
          id,
          count: alike.reduce((sum, { count }) => sum + count, 0),
          more: alike.some(({ more }) => more),
          connections: [...new Set(alike.map((one) => one.connection))],
        },
      ]
    })
    .toSorted((a, b) => a.since.localeCompare(b.since))
}
