# The tables of src/operations/table-definitions.ts, which tables.json is generated from.
locals {
  tables = { for table in jsondecode(file("${path.module}/tables.json")) : table.name => table }

  key_attributes = {
    for name, table in local.tables : name => distinct(compact(concat(
      [table.partitionKey, try(table.sortKey, "")],
      [for index in table.localIndexes : index.sortKey],
    )))
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name                        = "${var.table_prefix}${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.partitionKey
  range_key                   = try(each.value.sortKey, null)
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  dynamic "attribute" {
    for_each = local.key_attributes[each.key]
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "local_secondary_index" {
    for_each = each.value.localIndexes
    content {
      name            = local_secondary_index.value.name
      range_key       = local_secondary_index.value.sortKey
      projection_type = "ALL"
    }
  }

  dynamic "ttl" {
    for_each = compact([try(each.value.expires, "")])
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }

  lifecycle {
    prevent_destroy = true
  }
}
