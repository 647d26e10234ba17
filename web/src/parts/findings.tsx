import './findings.css'
import { For, type JSX, Show } from 'solid-js'
import type { TestFinding } from '../api/tests.ts'
import { texts } from '../texts.ts'
import { Badge, type Tone } from './parts.tsx'

const tones: Readonly<Record<TestFinding['state'], Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' }
const ranks: Readonly<Record<TestFinding['state'], number>> = { fail: 0, warn: 1, ok: 2 }

/** Findings of checks and their fixes: problems first. */
export function Findings(props: { readonly of: readonly TestFinding[] }): JSX.Element {
  const inOrder = () => props.of.toSorted((one, other) => ranks[one.state] - ranks[other.state])
  return (
    <ul class="findings">
      <For each={inOrder()}>
        {(finding) => (
          <li class="finding">
            <Badge tone={tones[finding.state]}>{texts.tests.states[finding.state]}</Badge>
            <div class="finding-text">
              <p>
                <strong>{finding.check}</strong> {finding.message}
              </p>
              <Show when={finding.fix}>
                {(fix) => (
                  <p class="soft">
                    {texts.tests.fix} {fix()}
                  </p>
                )}
              </Show>
            </div>
          </li>
        )}
      </For>
    </ul>
  )
}

/** The overall result in one word. */
export function FindingsBadge(props: { readonly of: readonly TestFinding[] }): JSX.Element {
  const count = (state: TestFinding['state']) => props.of.filter((one) => one.state === state).length
  const tone = (): Tone => (count('fail') > 0 ? 'bad' : count('warn') > 0 ? 'warn' : 'good')
  const text = () => {
    if (count('fail') > 0) return texts.tests.failures(count('fail'))
    return count('warn') > 0 ? texts.tests.warnings(count('warn')) : texts.tests.well
  }
  return <Badge tone={tone()}>{text()}</Badge>
}
