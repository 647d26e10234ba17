import type { SimulatorClock } from '../harness/clock.ts'
import { createAccountTime } from '../netsuite/account-time.ts'
import type { Entity, Store } from './store.ts'

/** State shared by every part of one simulated company. */
export interface Company {
  store: Store
  clock: SimulatorClock
  /** Current date and time on the server's clock. */
  now(): { date: string; time: string }
}

export function createCompany(store: Store, clock: SimulatorClock, zone: string): Company {
  const time = createAccountTime(zone)
  const now = () => {
    const [date = '', clockTime = ''] = time.toLocal(clock.now()).split(' ')
    return { date, time: clockTime }
  }
  return { store, clock, now }
}

/** The entity with the time of a change. */
export function touched(company: Company, entity: Entity): Entity {
  const { date, time } = company.now()
  return { ...entity, UpdateDate: date, UpdateTime: time }
}
