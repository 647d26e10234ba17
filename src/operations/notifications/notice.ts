import type { Concern } from './concern.ts'

/** A message to one recipient. A retry sends it unchanged, with the same id. */
export interface Notice {
  /** Also the `webhook-id` and part of the `Message-ID`. */
  readonly id: string
  /** Milliseconds UTC. */
  readonly at: number
  /** True: a test that somebody requested. */
  readonly test: boolean
  readonly opened: readonly Concern[]
  readonly reminded: readonly Concern[]
  readonly resolved: readonly Concern[]
  /** Number of open causes, including those sent before. */
  readonly open: number
}

/** The recipient and the address of the page. */
export interface NoticeContext {
  readonly recipient: string
  /** Base address of the page, without a slash at the end; null: unknown. */
  readonly publicUrl: string | null
}

/** Address of the page that shows a concern; null: unknown. */
export function pageLink({ page }: Pick<Concern, 'page'>, { publicUrl }: NoticeContext): string | null {
  return publicUrl === null ? null : publicUrl + page
}
