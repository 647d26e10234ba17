# A role of AWS for each role of Waldstream. roles.json has the tables that each uses.
locals {
  roles = jsondecode(file("${path.module}/roles.json"))

  table_arns = { for name, table in aws_dynamodb_table.this : name => table.arn }
}

data "aws_partition" "this" {}
data "aws_region" "this" {}
data "aws_caller_identity" "this" {}

data "aws_iam_policy_document" "role" {
  for_each = local.roles

  # Every process looks at all tables when it starts. It creates none: Terraform has. `waldstream system` shows whether
  # each has point-in-time recovery.
  statement {
    sid       = "DescribeTables"
    actions   = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"]
    resources = values(local.table_arns)
  }

  statement {
    sid = "ReadTables"
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
    ]
    resources = flatten([
      for table in concat(each.value.read, each.value.write) : [local.table_arns[table], "${local.table_arns[table]}/index/*"]
    ])
  }

  statement {
    sid = "WriteTables"
    actions = [
      "dynamodb:BatchWriteItem",
      "dynamodb:DeleteItem",
      "dynamodb:PartiQLInsert",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]
    resources = [for table in each.value.write : local.table_arns[table]]
  }

  dynamic "statement" {
    for_each = each.value.secrets && var.secrets_prefix != "" ? [var.secrets_prefix] : []
    content {
      sid     = "ReadSecrets"
      actions = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]
      resources = [
        "arn:${data.aws_partition.this.partition}:secretsmanager:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:secret:${statement.value}*",
        "arn:${data.aws_partition.this.partition}:ssm:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:parameter/${trimprefix(statement.value, "/")}*",
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
}

resource "aws_iam_role_policy" "role" {
  for_each = local.roles

  name   = "${var.name}-${each.key}"
  role   = aws_iam_role.role[each.key].id
  policy = data.aws_iam_policy_document.role[each.key].json
}
