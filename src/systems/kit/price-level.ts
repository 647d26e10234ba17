/** A price level or price list of an ERP that prices have. */
export interface PriceLevel {
  /** The ERP's id of it. */
  readonly id: string
  /** As in events. */
  readonly name: string
}
