import { memoryTables } from '../../support/memory-tables.ts'
import { contractTables, testTables } from '../../support/tables-contract.ts'

testTables(() => memoryTables(contractTables))
