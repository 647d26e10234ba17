import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { Empty } from '../parts/parts.tsx'
import { texts } from '../texts.ts'

export function NotFound(): JSX.Element {
  return (
    <Empty icon="search" title={texts.notFound.title} lead={texts.notFound.lead}>
      <A href="/" class="button">
        {texts.notFound.way}
      </A>
    </Empty>
  )
}
