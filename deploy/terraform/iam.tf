# A role of AWS for each role of Waldstream. roles.json has the tables that each uses.
locals {
  roles = jsondecode(file("${path.module}/roles.json"))

  # Made from names, so that a plan knows what the policies say, and how long they are.
  table_arns = {
    for name in keys(local.tables) :
    name => "arn:${data.aws_partition.this.partition}:dynamodb:${local.place}:table/${var.table_prefix}${name}"
  }
  place = "${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}"

  # An index is a resource of its own.
  table_resources = {
    for name, arn in local.table_arns :
    name => length(local.tables[name].localIndexes) == 0 ? [arn] : [arn, "${arn}/index/*"]
  }

  describe_tables = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"]
  read_tables     = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]
  write_tables = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
  ]

  # Every process looks at all tables when it starts. It creates none: Terraform has. `waldstream system` shows whether
  # each has point-in-time recovery.
  table_actions = {
    DescribeTables = local.describe_tables
    ReadTables     = concat(local.describe_tables, local.read_tables)
    WriteTables    = concat(local.describe_tables, local.read_tables, local.write_tables)
  }

  # A table is named once for each role: AWS counts the characters of its policies.
  table_rights = {
    for role, uses in local.roles : role => {
      DescribeTables = setsubtract(keys(local.tables), concat(uses.read, uses.write))
      ReadTables     = uses.read
      WriteTables    = uses.write
    }
  }
}

data "aws_partition" "this" {}
data "aws_region" "this" {}
data "aws_caller_identity" "this" {}

data "aws_iam_policy_document" "role" {
  for_each = local.roles

  dynamic "statement" {
    for_each = { for sid, tables in local.table_rights[each.key] : sid => tables if length(tables) > 0 }
    content {
      sid       = statement.key
      actions   = local.table_actions[statement.key]
      resources = flatten([for table in statement.value : local.table_resources[table]])
    }
  }

  dynamic "statement" {
    for_each = each.value.secrets && var.secrets_prefix != "" ? [var.secrets_prefix] : []
    content {
      sid     = "ReadSecrets"
      actions = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]
      resources = [
        "arn:${data.aws_partition.this.partition}:secretsmanager:${local.place}:secret:${statement.value}*",
        "arn:${data.aws_partition.this.partition}:ssm:${local.place}:parameter/${trimprefix(statement.value, "/")}*",
      ]
    }
  }

  dynamic "statement" {
    for_each = each.value.queues && length(var.queue_arns) > 0 ? [var.queue_arns] : []
    content {
      sid = "ReadQueues"
      actions = [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
      ]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role" "role" {
  for_each = local.roles

  name               = "${var.name}-${each.key}"
  assume_role_policy = var.trust_policy_json
  tags               = var.tags

  lifecycle {
    precondition {
      condition     = (var.msk_cluster_arn == null) == (var.topic_prefix == "")
      error_message = "Set msk_cluster_arn and topic_prefix, or neither: with an empty topic_prefix, the roles could use every topic and group."
    }
  }
}

resource "aws_iam_role_policy" "role" {
  for_each = local.roles

  name   = "${var.name}-${each.key}"
  role   = aws_iam_role.role[each.key].id
  policy = data.aws_iam_policy_document.role[each.key].json

  lifecycle {
    precondition {
      condition     = length(replace(data.aws_iam_policy_document.role[each.key].json, "/\\s/", "")) <= 10240
      error_message = "The policy of ${each.key} is longer than the 10,240 characters that AWS allows inside of a role: use a shorter table_prefix, or a pattern in place of many queue_arns."
    }
  }
}
