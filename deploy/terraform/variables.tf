variable "name" {
  description = "Begins the names of roles, policies and alarms."
  type        = string
  default     = "waldstream"
}

variable "table_prefix" {
  description = "TABLE_PREFIX of the installation."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{0,100}$", var.table_prefix))
    error_message = "At most 100 letters, digits, dots, dashes and underscores."
  }
}

variable "kms_key_arn" {
  description = "KMS key of the tables; null: the key that DynamoDB owns."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Tables can't be deleted while it is set."
  type        = bool
  default     = true
}

variable "trust_policy_json" {
  description = "Who may assume the roles: the assume_role_policy of each, for example for a service account of EKS."
  type        = string
}

variable "secrets_prefix" {
  description = "SECRET_AWS_PREFIX: names in Secrets Manager and Parameter Store that begin so; empty: secrets are not in AWS."
  type        = string
  default     = ""
}

variable "queue_arns" {
  description = "SQS queues that are read."
  type        = list(string)
  default     = []
}

variable "msk_cluster_arn" {
  description = "MSK cluster that the roles sign in to (KAFKA_SASL_MECHANISM=aws-msk-iam); null: none, Kafka has ACLs of its own."
  type        = string
  default     = null

  validation {
    condition     = var.msk_cluster_arn == null || can(regex("^arn:[a-z-]+:kafka:[a-z0-9-]+:[0-9]{12}:cluster/[^/*]+/[^/*]+$", var.msk_cluster_arn))
    error_message = "The ARN of a cluster: arn:aws:kafka:<region>:<account>:cluster/<name>/<id>."
  }
}

variable "topic_prefix" {
  description = "TOPIC_PREFIX of the installation. Set it with msk_cluster_arn and only then: empty, the roles could use every topic and group."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{0,100}$", var.topic_prefix))
    error_message = "At most 100 letters, digits, dots, dashes and underscores."
  }
}

variable "alarm_actions" {
  description = "SNS topics that alarms go to."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
