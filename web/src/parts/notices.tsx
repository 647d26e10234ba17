import { createSignal, For, type JSX } from 'solid-js'
import { Icon } from './icons.tsx'

interface Notice {
  readonly text: string
  readonly tone: 'good' | 'bad'
}

const SHOWN_MS = 6_000
const [notices, setNotices] = createSignal<readonly Notice[]>([])

/** Shows the result of an action. */
export function notify(text: string, tone: Notice['tone'] = 'good'): void {
  const notice = { text, tone }
  setNotices((all) => [...all, notice])
  setTimeout(() => setNotices((all) => all.filter((one) => one !== notice)), SHOWN_MS)
}

export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status">
      <For each={notices()}>
        {(notice) => (
          <div class="notice" data-tone={notice.tone}>
            <Icon name={notice.tone === 'good' ? 'check' : 'problems'} />
            {notice.text}
          </div>
        )}
      </For>
    </div>
  )
}
