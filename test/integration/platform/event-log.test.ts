import { testEventLog } from '../../memory/event-log-contract.ts'
import { kafkaLog } from './log-fixture.ts'

testEventLog(kafkaLog)
