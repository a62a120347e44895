"""The stack on the engine: made once, changed without loss, compared with what really stands."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import stack
from infra.local.engine import Engine
from infra.local.template import TEMPLATE, Template
from tests.support.cloud import temporary_engine

PROBE = Path(__file__).with_name("probe.yaml")
ONE_MORE = """
  ExtraTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub ${Stage}-extra
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = temporary_engine(tmp_path_factory.mktemp("stack"), keep=False)
    yield running
    running.stop()


def test_a_changed_template_adds_what_is_new_and_keeps_what_was_there(engine: Engine, tmp_path: Path) -> None:
    before = stack.apply(engine.endpoint, "grown", template=PROBE)
    dynamodb = stack.client(engine.endpoint, "dynamodb")
    dynamodb.put_item(TableName="grown-pairs", Item={"pk": {"S": "kept"}})
    larger = tmp_path / "larger.yaml"
    larger.write_text(PROBE.read_text() + ONE_MORE)

    after = stack.apply(engine.endpoint, "grown", template=larger)

    assert after.tables == (*before.tables, "grown-extra")
    assert "Item" in dynamodb.get_item(TableName="grown-pairs", Key={"pk": {"S": "kept"}})
    life = dynamodb.describe_time_to_live(TableName="grown-extra")["TimeToLiveDescription"]
    assert life["TimeToLiveStatus"] == "ENABLED"


def test_two_stages_stand_beside_each_other(engine: Engine) -> None:
    one, two = (stack.apply(engine.endpoint, stage, template=PROBE) for stage in ("one", "two"))

    assert not set(one.tables + one.buckets + one.queues) & set(two.tables + two.buckets + two.queues)


def test_time_to_live_that_was_switched_off_is_switched_on_again(engine: Engine) -> None:
    stack.apply(engine.endpoint, "life", template=PROBE)
    dynamodb = stack.client(engine.endpoint, "dynamodb")
    off = {"Enabled": False, "AttributeName": "expires"}
    dynamodb.update_time_to_live(TableName="life-rows", TimeToLiveSpecification=off)

    stack.apply(engine.endpoint, "life", template=PROBE)

    life = dynamodb.describe_time_to_live(TableName="life-rows")["TimeToLiveDescription"]
    assert life == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def test_everything_that_is_missing_is_named_at_once(engine: Engine) -> None:
    stack.apply(engine.endpoint, "holes", template=PROBE)
    stack.client(engine.endpoint, "dynamodb").delete_table(TableName="holes-pairs")
    stack.client(engine.endpoint, "s3").delete_bucket_cors(Bucket="holes-files")
    sqs = stack.client(engine.endpoint, "sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="holes-notes")["QueueUrl"])

    with pytest.raises(stack.StackDiffers) as told:
        stack.apply(engine.endpoint, "holes", template=PROBE)

    assert all(name in str(told.value) for name in ("holes-pairs", "holes-files", "holes-notes"))


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [("NotesDead.Arn", "Nobody.Arn", "NotesQueue: "), ("AWS::S3::Bucket", "AWS::S3::Bouquet", "Bouquet")],
)
def test_a_template_that_cannot_be_made_says_why_and_can_be_mended(
    engine: Engine, tmp_path: Path, good: str, bad: str, said: str
) -> None:
    stage = f"broken-{len(bad)}"
    broken = tmp_path / "broken.yaml"
    broken.write_text(PROBE.read_text().replace(good, bad))

    for _ in range(2):
        with pytest.raises(stack.StackDiffers, match=said):
            stack.apply(engine.endpoint, stage, template=broken)

    assert stack.apply(engine.endpoint, stage, template=PROBE).stage == stage


def test_the_key_of_the_application_is_kept_secret_and_used_again(engine: Engine, tmp_path: Path) -> None:
    made = stack.apply(engine.endpoint, "user", template=PROBE)

    first = stack.app_user(engine.endpoint, made, tmp_path)
    again = stack.app_user(engine.endpoint, made, tmp_path)

    path = tmp_path / "credentials-user.json"
    assert again == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.secret_key not in repr(first)

    path.unlink()
    other = stack.app_user(engine.endpoint, made, tmp_path)
    held = stack.client(engine.endpoint, "iam").list_access_keys(UserName="user-app")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in held] == [other.access_key] != [first.access_key]


def test_the_policy_names_every_action_and_only_the_stacks_own_resources() -> None:
    held = stack.policy(stack.Stack("own", ("own-a",), ("own-b",), ("own-c",)), "ap-southeast-1")

    actions = [action for statement in held["Statement"] for action in statement["Action"]]
    resources = [resource for statement in held["Statement"] for resource in statement["Resource"]]
    assert "*" not in json.dumps(actions)
    assert all("own-" in resource for resource in resources)


def test_the_application_writes_anchors_of_the_trail_and_lets_none_go() -> None:
    held = stack.policy(stack.Stack("own", (), ("own-packs", "own-audit"), ()), "ap-southeast-1")["Statement"]
    (allowed,) = [one["Action"] for one in held if "arn:aws:s3:::own-audit/*" in one["Resource"]]
    assert "s3:PutObject" in allowed
    assert not [action for action in allowed if "Delete" in action or "Bypass" in action or "Retention" in action]


def test_every_name_of_the_real_template_begins_with_its_stage() -> None:
    template = Template(TEMPLATE, {"Stage": "somewhere"})

    names = [
        properties[name]
        for kind, name in {
            "AWS::DynamoDB::Table": "TableName",
            "AWS::S3::Bucket": "BucketName",
            "AWS::SQS::Queue": "QueueName",
        }.items()
        for properties in template.of_type(kind).values()
    ]
    assert names
    assert all(name.startswith("somewhere-") for name in names)


def test_a_template_without_its_parameter_or_with_an_unknown_function_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs the parameters Stage"):
        Template(TEMPLATE, {})

    strange = tmp_path / "strange.yaml"
    strange.write_text("Resources: {A: {Type: T, Properties: {Name: !Sub [a, b]}}}")
    with pytest.raises(ValueError, match="Fn::Sub"):
        Template(strange, {}).of_type("T")


def test_a_template_less_some_kinds_keeps_nothing_that_hangs_on_them(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(
        """
        Parameters: {Stage: {Type: String}, Big: {Type: String, Default: "no"}}
        Mappings: {Sizes: {one: {Days: 7}}}
        Conditions: {IsBig: !Equals [!Ref Big, "yes"], IsSmall: !Not [Condition: IsBig]}
        Resources:
          First: {Type: A, Properties: {Days: !FindInMap [Sizes, one, Days], Gone: !If [IsBig, 1, !Ref "AWS::NoValue"]}}
          Second: {Type: B, DependsOn: [First, Third], Properties: {Host: !Select [2, !Split ["/", "https://host/"]]}}
          Third: {Type: C, Condition: IsBig}
          Fourth: {Type: C, Condition: IsSmall}
        Outputs:
          Kept: {Value: !GetAtt First.Arn}
          Lost: {Value: !Sub "${Third.Name}-${Stage}"}
        """
    )
    small, big = (Template(path, {"Stage": "x", "Big": big}) for big in ("no", "yes"))

    assert (small.kinds(), big.kinds()) == (
        {"First": "A", "Second": "B", "Fourth": "C"},
        {"First": "A", "Second": "B", "Third": "C"},
    )
    assert small.of_type("A") == {"First": {"Days": 7}}
    assert big.of_type("A") == {"First": {"Days": 7, "Gone": 1}}
    assert small.of_type("B") == {"Second": {"Host": "host"}}
    fewer = json.loads(big.without({"C"}).body)
    assert set(fewer["Resources"]) == {"First", "Second"}
    assert fewer["Resources"]["Second"]["DependsOn"] == ["First"]
    assert set(fewer["Outputs"]) == {"Kept"}


def test_what_an_engine_leaves_out_is_put_right_again_after_every_start(engine: Engine) -> None:
    stack.apply(engine.endpoint, "again")
    dynamodb, s3 = stack.client(engine.endpoint, "dynamodb"), stack.client(engine.endpoint, "s3")
    off = {"PointInTimeRecoveryEnabled": False}
    dynamodb.update_continuous_backups(TableName="again-accounts", PointInTimeRecoverySpecification=off)
    s3.delete_bucket_lifecycle(Bucket="again-uploads")
    s3.delete_bucket_encryption(Bucket="again-uploads")

    stack.apply(engine.endpoint, "again")

    held = dynamodb.describe_continuous_backups(TableName="again-accounts")["ContinuousBackupsDescription"]
    assert held["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert len(s3.get_bucket_lifecycle_configuration(Bucket="again-uploads")["Rules"]) == 2
    (rule,) = s3.get_bucket_encryption(Bucket="again-uploads")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_protection_that_was_switched_off_is_told(engine: Engine) -> None:
    stack.apply(engine.endpoint, "bared")
    dynamodb = stack.client(engine.endpoint, "dynamodb")
    dynamodb.update_table(TableName="bared-audit", DeletionProtectionEnabled=False)

    with pytest.raises(stack.StackDiffers, match="bared-audit has the deletion protection False"):
        stack.apply(engine.endpoint, "bared")
