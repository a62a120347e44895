"""The rules of the templates: least privilege, nothing that can be lost, nothing that can fall silent."""

import ast
import importlib
import json
import pkgutil
import re
from collections import defaultdict
from fnmatch import fnmatchcase
from typing import Any

import pytest

import miniapp
from handlers.lambdas.schedules import SCHEDULES
from infra import describe
from infra.deploy.wanted import WEB
from infra.local.stack import LACKED
from infra.local.template import Template
from miniapp.core.metrics import NAMESPACE
from miniapp.core.starting import KEPT
from miniapp.exam_scores.store import IMPORTS, RELEASES, WAITS, build_key, editions_key
from miniapp.exam_scores.telling_store import PARTS, part_key, person_key
from tests.house.test_queues import ASYNC, DEAD
from tests.house.test_tables import by_table
from tests.support.code import ROOT, files, parsed
from tests.support.templates import edge, functions, region, statements

CONTEXT = {"OldestStuck"}  # told beside a figure that rings
BOTH = pytest.mark.parametrize("template", [region(), edge()], ids=["stack", "edge"])
SPANS = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600}
# What a store's words become in the store: the words of `miniapp.core.tables` and of PynamoDB.
DOES = {
    "get": {"GetItem"},
    "query": {"Query"},
    "many": {"BatchGetItem"},
    "put": {"PutItem"},
    "put_new": {"PutItem"},
    "change": {"UpdateItem"},
    "counted": {"UpdateItem"},
    "remove": {"DeleteItem"},
    "check": {"ConditionCheckItem"},
    "Write": {"DeleteItem"},  # made by hand in one place, to remove
}


def alarms() -> list[dict[str, Any]]:
    return list(region().of_type("AWS::CloudWatch::Alarm").values())


def rings_for(namespace: str, metric: str, dimension: str) -> set[str]:
    """The things of which some alarm watches this metric."""
    return {
        each["Value"]
        for alarm in alarms()
        if (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric)
        for each in alarm["Dimensions"]
        if each["Name"] == dimension
    }


@BOTH
def test_no_policy_has_a_star_for_an_action_and_none_says_everything_but(template: Template) -> None:
    found = list(statements(template))

    assert found
    assert [one for one in found if any("*" in action for action in one.actions)] == []
    assert [one for one in found if {"NotAction", "NotResource", "NotPrincipal"} & one.names] == []


@BOTH
def test_every_resource_is_named_but_for_those_that_have_no_name_and_a_reason(template: Template) -> None:
    excused = {each["In"] for each in template.document["Metadata"]["ResourcesWithoutArn"] if each["Reason"]}

    assert {one.place for one in statements(template) if "*" in one.resources} == excused
    assert {one.place for one in statements(template) if not one.resources} == set(template.of_type("AWS::IAM::Role"))


@BOTH
def test_a_star_at_a_resource_s_end_stands_behind_its_own_folder_or_stage(template: Template) -> None:
    for one in statements(template):
        for resource in one.resources:
            if resource != "*":
                before = resource.removesuffix("*")
                assert "*" not in before, (one.place, resource)
                assert before == resource or before[-1] in "/-", (one.place, resource)


@BOTH
def test_only_a_refusal_speaks_of_everybody(template: Template) -> None:
    assert {one.effect for one in statements(template) if one.principal in ("*", {"AWS": "*"})} == {"Deny"}


def test_a_role_may_do_on_a_table_no_more_than_some_store_of_it_does() -> None:
    tables = {f"<{logical}.Arn>": one["TableName"] for logical, one in region().of_type("AWS::DynamoDB::Table").items()}
    able = defaultdict(set)
    for short, rows in by_table().items():
        for module in {row.__module__.replace("rows", "store") for row in rows}:  # rows may stand beside their store
            for call in ast.walk(parsed(ROOT / f"{module.replace('.', '/')}.py")):
                if isinstance(call, ast.Call):
                    word = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                    able[f"house-{short}"] |= DOES.get(word, set())

    asked = defaultdict(set)
    for one in statements(region()):
        for resource in one.resources:
            if resource in tables:
                asked[tables[resource]] |= {action.removeprefix("dynamodb:") for action in one.actions}

    assert set(asked) == set(tables.values())
    assert {table: actions - able[table] for table, actions in asked.items() if actions - able[table]} == {}


def test_every_function_has_its_role_its_log_and_its_alarms() -> None:
    stage = region()
    wanted = set(functions())

    assert wanted == set(functions("staging"))
    roles = {one["RoleName"].removeprefix("motcua-house-") for one in stage.of_type("AWS::IAM::Role").values()}
    assert roles == wanted | {"clock"}
    logs = {
        one["LogGroupName"].removeprefix("/aws/lambda/motcua-house-"): one["RetentionInDays"]
        for one in stage.of_type("AWS::Logs::LogGroup").values()
    }
    assert logs == dict.fromkeys(wanted, 90)
    named = {f"motcua-house-{function}" for function in wanted}
    for metric in ("Errors", "Throttles"):
        assert rings_for("AWS/Lambda", metric, "FunctionName") == named


@pytest.mark.parametrize("stage", ["production", "staging"])
def test_every_function_is_deployed_with_the_role_that_the_stack_makes(stage: str) -> None:
    for function, told in functions(stage).items():
        assert told["role_name"] == f"motcua-{stage}-{function}"
        assert not told["manage_roles"]


@pytest.mark.parametrize("stage", ["production", "staging"])
def test_a_role_may_read_the_secrets_that_its_function_asks_for_and_no_other(stage: str) -> None:
    may = defaultdict(set)
    for one in statements(region()):
        if "ssm:GetParameters" in one.actions:
            assert one.actions == ["ssm:GetParameters"]
            may[one.place.removesuffix("Role").lower()] |= {arn.partition(":parameter")[2] for arn in one.resources}
        assert not any(action.startswith("ssm:") for action in one.actions if action != "ssm:GetParameters")
    asked = {
        function: {name for name in told["aws_environment_variables"]["MOTCUA_SECRETS_READ"].split(",") if name}
        for function, told in functions(stage).items()
    }

    assert {function: {f"/motcua/house/{name}" for name in names} for function, names in asked.items() if names} == may
    assert all(names <= set(KEPT) for names in asked.values())
    assert {function for function, names in asked.items() if "origin_secret" in names} == set(WEB)
    assert {function for function, names in asked.items() if "factor_keys" in names} == {"public", "imports"}
    assert {function for function, names in asked.items() if "signing_keys" in names} == {"console", "schedules"}
    assert {function for function, names in asked.items() if "signing_keys_public" in names} == {"public"}
    assert all(("session_key" in names) == ("session_key_before" in names) for names in asked.values())
    zalo = {function: {name for name in names if name.startswith("zalo_")} for function, names in asked.items()}
    assert {function: names for function, names in zalo.items() if names} == {  # who refreshes tokens, and nobody else
        "schedules": {"zalo_app_id", "zalo_app_secret"}
    }


def test_who_decrypts_a_secret_by_the_key_reads_one() -> None:
    """Through the parameter store the key opens nothing for a role that reads none."""
    through = "ssm.<AWS::Region>.amazonaws.com"
    opens = {
        one.place
        for one in statements(region())
        if "kms:Decrypt" in one.actions
        and through in (one.condition or {}).get("StringEquals", {}).get("kms:ViaService", [])
    }

    assert opens == {one.place for one in statements(region()) if "ssm:GetParameters" in one.actions}


def test_who_answers_citizens_writes_registrations_and_no_scores() -> None:
    """By the key that a row begins with, which AWS looks at and the local engine does not."""
    build = build_key("agc-edu", "thpt-2026", "0a1b" * 16)
    scores = {"agc-edu", editions_key("agc-edu", "thpt-2026"), build, f"{build}#7", RELEASES, IMPORTS}
    registrations = {part_key("agc-edu", "thpt-2026", part) for part in range(PARTS)} | {person_key("user_lan"), WAITS}
    writes = {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}
    able = [
        one
        for one in statements(region())
        if one.place == "PublicRole" and "<ExamScoresTable.Arn>" in one.resources and writes & set(one.actions)
    ]

    assert [sorted(one.actions) for one in able] == [["dynamodb:DeleteItem", "dynamodb:PutItem"]]
    assert list(able[0].condition) == ["ForAllValues:StringLike"]
    likes = able[0].condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert {key for key in scores | registrations if any(fnmatchcase(key, like) for like in likes)} == registrations


@pytest.mark.parametrize("size", ["production", "staging"])
def test_queues_are_read_with_partial_answers_and_never_by_more_than_there_is_room_for(size: str) -> None:
    stage = region(size=size)
    queues = stage.of_type("AWS::SQS::Queue")
    mappings = stage.of_type("AWS::Lambda::EventSourceMapping").values()

    assert {one["EventSourceArn"] for one in mappings} == {
        f"<{logical}.Arn>" for logical, queue in queues.items() if not queue["QueueName"].endswith(DEAD)
    }
    for one in mappings:
        queue = queues[one["EventSourceArn"].strip("<>").removesuffix(".Arn")]
        function = one["FunctionName"].split(":")[-2].removeprefix("motcua-house-")
        told = functions(size)[function]
        assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"], function
        assert 2 <= one["ScalingConfig"]["MaximumConcurrency"] <= told["lambda_concurrency"], function
        assert queue["VisibilityTimeout"] >= 6 * told["timeout_seconds"], function


def test_every_queue_is_encrypted_and_dead_letters_take_from_their_own_queue_only() -> None:
    for logical, queue in region().of_type("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"], logical
        if queue["QueueName"].endswith(DEAD) and queue["QueueName"].removeprefix("house-") not in ASYNC:
            allowed = queue["RedriveAllowPolicy"]["sourceQueueArns"]
            assert [arn.split(":")[-1] for arn in allowed] == [queue["QueueName"].removesuffix(DEAD)]


def test_the_first_dead_letter_and_a_note_that_waits_ring_an_alarm() -> None:
    queues = region().of_type("AWS::SQS::Queue")
    dead = {f"<{logical}.QueueName>" for logical, queue in queues.items() if queue["QueueName"].endswith(DEAD)}
    living = {f"<{logical}.QueueName>" for logical in queues} - dead

    assert rings_for("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName") == dead
    assert rings_for("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName") == living
    for alarm in alarms():
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible":
            assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_every_function_that_people_reach_rings_when_it_answers_that_it_failed() -> None:
    assert rings_for("AWS/Lambda", "Url5xxCount", "FunctionName") == {f"motcua-house-{name}" for name in WEB}


def test_every_figure_that_the_code_tells_is_in_an_alarm_or_a_picture() -> None:
    """With the dimensions under which it is told; a picture looks for them, since each value is a metric of its own."""
    (board,) = region().of_type("AWS::CloudWatch::Dashboard").values()
    shown = " ".join(
        one["expression"]
        for widget in json.loads(board["DashboardBody"])["widgets"]
        for metric in widget["properties"]["metrics"]
        for one in metric
        if isinstance(one, dict)
    )
    watched = {alarm["MetricName"] for alarm in alarms() if alarm["Namespace"] == NAMESPACE}
    found = set(
        re.findall(r"SEARCH\('\{MotCua,stage,(\w+)\} MetricName=\"(\w+)\" stage=\"house\"', 'Sum', 60\)", shown)
    )
    told = {
        (next(map(ast.literal_eval, call.args[0].keys), ""), word.arg)
        for path in files("miniapp", "handlers")
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "metrics.put" and isinstance(call.args[0], ast.Dict)
        for word in call.keywords
        if word.arg
    }

    assert {("code", "Unavailable"), ("page", "Refused"), ("schedule", "ScheduleFailed")} <= told
    assert {(name, metric) for name, metric in told if metric not in watched | CONTEXT} <= found
    assert found - told == {("queue", "NotesFailed"), ("queue", "NotesDead")}  # told with others, as one line


def test_every_alarm_tells_somebody_and_every_silence_is_one() -> None:
    assert all(alarm["AlarmActions"] == ["<Alerts>"] for alarm in alarms())
    beats = [alarm for alarm in alarms() if alarm["MetricName"] == "Heartbeat"]
    assert {each["Value"] for alarm in beats for each in alarm["Dimensions"] if each["Name"] == "schedule"} == set(
        SCHEDULES
    )
    assert {(alarm["TreatMissingData"], alarm["ComparisonOperator"]) for alarm in beats} == {
        ("breaching", "LessThanThreshold")
    }


def test_the_clock_starts_every_job_as_often_as_the_code_says() -> None:
    found = {}
    for one in region().of_type("AWS::Scheduler::Schedule").values():
        count, unit = one["ScheduleExpression"].removeprefix("rate(").removesuffix(")").split()
        found[json.loads(one["Target"]["Input"])["schedule"]] = int(count) * SPANS[unit]
        assert one["Target"]["DeadLetterConfig"] == {"Arn": "<SchedulesDeadLetters.Arn>"}

    assert found == {job: seconds for job, (_, seconds) in SCHEDULES.items()}


def test_tables_can_be_brought_back_and_are_lost_by_no_mistake() -> None:
    stage = region()
    for logical, table in stage.of_type("AWS::DynamoDB::Table").items():
        held = stage.document["Resources"][logical]
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], logical
        assert table["DeletionProtectionEnabled"], logical
        assert (held["DeletionPolicy"], held["UpdateReplacePolicy"]) == ("Retain", "Retain"), logical


@BOTH
def test_buckets_are_shut_encrypted_reached_over_tls_and_keep_no_halves(template: Template) -> None:
    buckets = template.of_type("AWS::S3::Bucket")
    shut = {one["Bucket"] for one in template.of_type("AWS::S3::BucketPolicy").values()}

    assert shut == {f"<{logical}>" for logical in buckets}
    for logical, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, logical
        assert bucket["BucketEncryption"], logical
        assert any("AbortIncompleteMultipartUpload" in rule for rule in bucket["LifecycleConfiguration"]["Rules"]), (
            logical
        )
        refusals = [one for one in statements(template) if one.place == f"{logical}Policy" and one.effect == "Deny"]
        assert any(one.condition == {"Bool": {"aws:SecureTransport": "false"}} for one in refusals), logical


def test_what_may_be_erased_keeps_no_old_versions_and_the_audit_s_heads_let_nothing_go() -> None:
    buckets = {one["BucketName"]: one for one in region().of_type("AWS::S3::Bucket").values()}

    assert all("VersioningConfiguration" not in buckets[f"house-{short}"] for short in ("uploads", "packs"))
    lock = buckets["house-audit"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert lock == {"Mode": "COMPLIANCE", "Days": 3650}
    audit = [one for one in statements(region()) if "<AuditBucket.Arn>/*" in one.resources and one.effect == "Allow"]
    assert {action for one in audit for action in one.actions} == {"s3:PutObject"}


def test_every_bucket_that_the_code_names_stands_in_the_stack() -> None:
    named = set()
    for module in pkgutil.walk_packages(miniapp.__path__, "miniapp."):
        held = vars(importlib.import_module(module.name))
        named |= {value for key, value in held.items() if key in ("UPLOADS", "PACKS", "BUCKET", "KEPT_IN")}
    assert named == {"uploads", "packs", "audit"}
    assert named <= {one["BucketName"].removeprefix("house-") for one in region().of_type("AWS::S3::Bucket").values()}


def test_the_first_step_needs_no_function_and_the_second_adds_only_what_calls_them() -> None:
    before, after = region("no").kinds(), region("yes").kinds()
    added = {kind for logical, kind in after.items() if logical not in before}

    assert before.items() <= after.items()
    assert added == {
        *("AWS::Lambda::Url", "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping"),
        *("AWS::Lambda::EventInvokeConfig", "AWS::Scheduler::Schedule", "AWS::CloudWatch::Alarm"),
    }
    assert ":function:" not in json.dumps([region("no").of_type("AWS::S3::Bucket")])


def test_what_calls_a_function_calls_the_alias_that_a_deployment_moves() -> None:
    called = [
        part
        for kind, key in {
            "AWS::Lambda::Permission": "FunctionName",
            "AWS::Lambda::EventSourceMapping": "FunctionName",
        }.items()
        for part in (one[key] for one in region().of_type(kind).values())
    ]
    called += [one["Target"]["Arn"] for one in region().of_type("AWS::Scheduler::Schedule").values()]
    assert called
    assert all(arn.endswith(":current") for arn in called)
    for kind in ("AWS::Lambda::Url", "AWS::Lambda::EventInvokeConfig"):
        assert {one["Qualifier"] for one in region().of_type(kind).values()} == {"current"}


def test_what_is_written_of_the_templates_is_what_they_hold() -> None:
    assert describe.FILE.read_text("utf-8") == describe.written(), "python -m infra.describe"
    region_kinds, edge_kinds = describe.counted()
    assert set(describe.SEEN) <= {*region_kinds, *edge_kinds} - LACKED
