import { MapLines } from './map-lines.ts'

/** The shop's configuration of the module (`clients/magento2-module`): its fields, with its defaults. */
export interface PullSettings {
  /** `feed attribute = Magento attribute`, one per line. */
  attributes: string
  createProducts: boolean
  /** `vendor's location = source code`, one per line. */
  sources: string
  /** `vendor's level = base, special, tier or group: <customer group>`, one per line. */
  levels: string
  /** `currency = website code`, one per line. */
  currencies: string
  /** Whether the vendor's cost is written. */
  writeCost: boolean
  pageRows: number
  /** Bounds of a run. */
  pages: number
  seconds: number
  /** Rows that are written at once. */
  batchRows: number
}

export const usualPullSettings: PullSettings = {
  attributes: '* = *',
  createProducts: false,
  sources: '* = default',
  levels: 'Base Price = base',
  currencies: '* = admin',
  writeCost: false,
  pageRows: 500,
  pages: 200,
  seconds: 240,
  batchRows: 100,
}

/** The configuration is wrong: no row is to blame. */
export class WrongConfiguration extends Error {}

/** Source codes by location. @throws WrongConfiguration for `*` as a source code */
export function sourcesOf({ sources }: PullSettings): MapLines {
  const map = new MapLines(sources)
  if (map.values().includes('*')) {
    throw new WrongConfiguration('Sources: "*" is not a source code. Give each location a line with its source code.')
  }
  return map
}
