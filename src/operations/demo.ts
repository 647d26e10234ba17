/** A fault of a simulated system, or of the demo's configuration. */
export interface DemoScenario {
  readonly id: string
  readonly broken: boolean
  /** The last order created for this scenario, to look at also after the repair; null: none. */
  readonly order: { readonly source: string; readonly number: string } | null
}

/** Switches faults of the simulators on and off. Only `npm start` passes it to its API. */
export interface Demo {
  list(): Promise<readonly DemoScenario[]>
  /** Resolves when the fault is switched. Throws `not_found`. */
  set(id: string, broken: boolean): Promise<DemoScenario>
}
