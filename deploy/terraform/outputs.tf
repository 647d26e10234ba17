output "table_arns" {
  description = "ARN of each table, by its name without prefix."
  value       = { for name, table in aws_dynamodb_table.this : name => table.arn }
}

output "role_arns" {
  description = "ARN of the AWS role of each role of Waldstream."
  value       = { for name, role in aws_iam_role.role : name => role.arn }
}
