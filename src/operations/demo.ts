/** Something that can go wrong at a simulated system, or in the configuration of the demo. */
export interface DemoScenario {
  readonly id: string
  readonly broken: boolean
  /** What to look at, also when it is repaired: the order that was made for it last; null: none. */
  readonly order: { readonly source: string; readonly number: string } | null
}

/** What `npm start` hands to its API, and nothing else does: faults of its simulators, to be switched on and off. */
export interface Demo {
  list(): Promise<readonly DemoScenario[]>
  /** Resolves when it is so. Throws `not_found`. */
  set(id: string, broken: boolean): Promise<DemoScenario>
}
