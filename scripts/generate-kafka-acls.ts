/** Makes deploy/kafka/acls.sh from the topology. */
import { generatedFile } from './generated-file.ts'
import { aclScript } from './kafka-acls.ts'

generatedFile(new URL('../deploy/kafka/acls.sh', import.meta.url), aclScript())
