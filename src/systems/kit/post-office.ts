import type { MailRoute } from '../../platform/mail-posting.ts'

/** What systems need that are reached by e-mail. */
export interface PostOffice {
  /** The operator's mail server with its sender; null: none is set. */
  readonly own: (Pick<MailRoute, 'server'> & { readonly from: string }) | null
  /** Null: where e-mails are not sent, only the server is checked. */
  readonly deliveries: MailDeliveries | null
  /** Whether PUBLIC_URL is set: e-mails have links. */
  readonly hasPublicUrl: boolean
}

export interface MailDeliveries {
  readonly sent: SentMails
  /**
   * The address of the page where a vendor answers for its part of an order. The same for each call while the link is
   * valid, so that an e-mail that is sent again has the same link. Throws `configuration_invalid` without PUBLIC_URL.
   */
  linkTo(part: MailedPart, days: number): Promise<string>
}

/** A vendor's part of an order. */
export interface MailedPart {
  readonly connection: string
  /** The shop. */
  readonly source: string
  readonly number: string
}

/** A line as an e-mail names it, without personal data. */
export interface MailedLine {
  readonly line: string
  readonly sku: string
  /** A decimal as text. */
  readonly quantity: string
}

/** What the vendor was told last. */
export const standings = ['open', 'held', 'canceled'] as const
export type Standing = (typeof standings)[number]

/** An e-mail about an order, without its texts. */
export interface MailNote {
  /** From 1, for each order. */
  readonly number: number
  /** Of everything that it says about the order. */
  readonly digest: string
  readonly standing: Standing
  readonly lines: readonly MailedLine[]
  /** Of the address: shows whether it changed. */
  readonly address: string
}

/** The e-mail that is being sent, or whose answer was lost. */
export interface OpenMail extends MailNote {
  /** How often it was sent without an answer. */
  readonly doubts: number
  /** True: people were asked whether it arrived. */
  readonly asked: boolean
}

/** What was sent about an order. */
export interface MailedOrder {
  /** The last e-mail that the server accepted; null: none. */
  readonly sent: MailNote | null
  /** Null: nothing is open. */
  readonly open: OpenMail | null
  /** Grows with each change; 0: nothing was sent yet. */
  readonly revision: number
}

/** What was sent, kept so that nothing is sent twice (Guarantee 3). */
export interface SentMails {
  find(part: MailedPart): Promise<MailedOrder>
  /** Throws `concurrent_change` if another process has written since `before` was read. Returns what is kept now. */
  keep(part: MailedPart, before: MailedOrder, now: Pick<MailedOrder, 'sent' | 'open'>): Promise<MailedOrder>
}
