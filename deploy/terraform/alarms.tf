# What Prometheus can't see: the tables refuse requests. Everything else is in deploy/prometheus.
locals {
  throttle_alarms = {
    for pair in setproduct(keys(local.tables), ["ReadThrottleEvents", "WriteThrottleEvents"]) :
    "${pair[0]}-${pair[1]}" => { table = pair[0], metric = pair[1] }
  }
}

resource "aws_cloudwatch_metric_alarm" "throttled" {
  for_each = local.throttle_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "Table ${each.value.table} refuses requests. Waldstream retries; lag grows."
  namespace           = "AWS/DynamoDB"
  metric_name         = each.value.metric
  dimensions          = { TableName = aws_dynamodb_table.this[each.value.table].name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = 10
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags
}
