import type { Concern } from './concern.ts'

/** One message to one recipient. A retry sends it as it was, under the same id. */
export interface Notice {
  /** Also the `webhook-id` and part of the `Message-ID`. */
  readonly id: string
  /** Milliseconds UTC. */
  readonly at: number
  /** True: somebody asked for it, to see whether it arrives. */
  readonly test: boolean
  readonly opened: readonly Concern[]
  readonly reminded: readonly Concern[]
  readonly resolved: readonly Concern[]
  /** Causes that are there, with those that were sent before. */
  readonly open: number
}

/** To whom, and where its page is. */
export interface NoticeContext {
  readonly recipient: string
  /** Where people open the page, without a slash at the end; null: it is not known. */
  readonly publicUrl: string | null
}

/** Address of the page that shows a concern; null: it is not known. */
export function pageLink({ page }: Pick<Concern, 'page'>, { publicUrl }: NoticeContext): string | null {
  return publicUrl === null ? null : publicUrl + page
}
