/** Settings that a system's own data suggests, for a person to check and paste into its document. */
export interface SettingsProposal {
  /** Entity whose settings they are. */
  readonly entity: string
  /** What they were made from: `out/stock/stock-20261130.csv`. */
  readonly from: string
  /** What was found, and what a person should know before using them. */
  readonly notes: readonly string[]
  readonly settings: readonly ProposedSetting[]
}

export interface ProposedSetting {
  /** As in the document: `inventory.columns.sku`. */
  readonly name: string
  /** As in the document; null: a person has to find it. */
  readonly value: unknown
  /** What speaks for it, with examples; no personal data. */
  readonly comment: string | null
  /** False: a person has to decide, so it is proposed as a comment. */
  readonly isCertain: boolean
}
