import { memoryTables } from '../../memory/tables.ts'
import { contractTables, testTables } from '../../memory/tables-contract.ts'

testTables(() => memoryTables(contractTables))
