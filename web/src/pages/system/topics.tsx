import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { type TopicState, topicsQuery } from '../../api/system.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { ageText, countText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Badge } from '../../parts/parts.tsx'
import { ReadId } from '../../parts/read-id.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'

const words = texts.system
const MILLISECONDS = 1000

const table: CsvTable<TopicState> = {
  columns: ['topic', 'partitions', 'replication', 'retention_ms', 'records', 'problems'],
  cellsOf: (one) => [
    one.topic,
    one.partitions,
    one.replication,
    one.retention_ms,
    one.records,
    one.problems.map(({ message }) => message).join('; '),
  ],
}

/** Topics that differ come first. */
const byNeed = (one: TopicState, other: TopicState) =>
  other.problems.length - one.problems.length || one.topic.localeCompare(other.topic)

function retentionText(ms: string | null): string {
  if (ms === null) return '–'
  return ms === '-1' ? words.forEver : ageText(Number(ms) / MILLISECONDS)
}

/** Each topic, next to its wanted settings. */
export function TopicsView(): JSX.Element {
  const topics = useQuery(topicsQuery)
  return (
    <section class="card" aria-labelledby="topics">
      <div class="card-head">
        <h2 id="topics">{words.topics}</h2>
        <CsvButton name="topics" table={table} load={async () => (topics.isSuccess ? topics.data.items : [])} />
      </div>
      <Switch>
        <Match when={topics.isSuccess && topics.data.items.toSorted(byNeed)}>
          {(items) => (
            <table class="table">
              <TableHead
                columns={[
                  words.columns.topic,
                  words.columns.settings,
                  [words.columns.records, 'number'],
                  [words.columns.partitions, 'number wide'],
                  [words.columns.replicas, 'number wide'],
                  [words.columns.retention, 'number wide'],
                ]}
              />
              <tbody>
                <For each={items()}>{(topic) => <Topic of={topic} />}</For>
              </tbody>
            </table>
          )}
        </Match>
        <Unanswered of={topics} lines={8} />
      </Switch>
    </section>
  )
}

function Topic(props: { readonly of: TopicState }): JSX.Element {
  const isMissing = () => props.of.partitions === 0
  const isWell = () => props.of.problems.length === 0
  return (
    <>
      <tr classList={{ 'system-troubled': !isWell() }}>
        <td class="system-name">
          <ReadId id={props.of.topic} />
        </td>
        <td>
          <Badge tone={isWell() ? 'good' : isMissing() ? 'warn' : 'bad'}>
            {isWell() ? words.asWanted : isMissing() ? words.missing : words.differs}
          </Badge>
        </td>
        <td class="number">{isMissing() ? '–' : countText(props.of.records)}</td>
        <td class="number wide">{isMissing() ? '–' : countText(props.of.partitions)}</td>
        <td class="number wide">{isMissing() ? '–' : countText(props.of.replication)}</td>
        <td class="number wide">{retentionText(props.of.retention_ms)}</td>
      </tr>
      <Show when={!isWell()}>
        <tr class="system-trouble">
          <td colSpan={6}>
            <For each={props.of.problems}>
              {(problem) => (
                <p>
                  {problem.message}
                  <Show when={problem.fix}>
                    {(text) => (
                      <span class="system-way soft">
                        {texts.tests.fix} {text()}
                      </span>
                    )}
                  </Show>
                </p>
              )}
            </For>
          </td>
        </tr>
      </Show>
    </>
  )
}
