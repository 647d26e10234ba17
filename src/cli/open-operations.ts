import type { OperationDeps, TableDeps } from '../operations/dependencies.ts'
import { openOperations, tableDeps } from '../operations/wiring.ts'
import { systemClock } from '../platform/system-clock.ts'
import { systemTypes } from '../systems/systems.ts'
import { commandConfig } from './command-config.ts'
import { openPlatform, openTables, type Platform } from './platform.ts'

/** Runs a command that needs only tables. */
export async function onTables<T>(work: (operations: TableDeps) => Promise<T>): Promise<T> {
  const config = commandConfig()
  const { tables, close } = await openTables(config)
  try {
    return await work(tableDeps({ tables, systemTypes, clock: systemClock, config }))
  } finally {
    close()
  }
}

/** Runs a command that needs tables and topics. */
export async function onPlatform<T>(work: (operations: OperationDeps, platform: Platform) => Promise<T>): Promise<T> {
  const platform = await openPlatform(commandConfig())
  try {
    const operations = openOperations(platform)
    return await work(operations, platform).finally(() => operations.close())
  } finally {
    await platform.close()
  }
}
