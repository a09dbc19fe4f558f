"""Reads a secret of AWS Secrets Manager through `botocore`, which is installed separately."""

from typing import Any, NoReturn

from bot.errors import ConfigError, SecretsUnavailableError

_AWS_TIMEOUT_SECONDS = 10
_REGION_OF_ARN = 3

#: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
_FIXES = {
    "ResourceNotFoundException": "there is no such secret in this region and account",
    "InvalidRequestException": "the secret is marked for deletion; restore it",
    "DecryptionFailure": "allow our role kms:Decrypt with the secret's key",
    "AccessDeniedException": "allow our role secretsmanager:GetSecretValue, and kms:Decrypt",
}
_CREDENTIALS = "check the credentials that AWS finds for this process, and the clock"


def read_aws_secret(name: str, region: str | None) -> str:
    """
    Return the text of the secret of this name or ARN.

    An ARN says its *region* itself. Without either, region and credentials come from where every
    program for AWS looks for them: the process's own environment, its files, the role of the pod,
    the task or the machine. Raises `ConfigError` for
    what has to be mended and `SecretsUnavailableError` for what may pass; neither repeats a value.
    """
    try:
        from botocore import exceptions
        from botocore.config import Config
        from botocore.session import get_session
    except ImportError:
        _refuse_aws("needs a package; run: pip install botocore")
    patience = Config(
        connect_timeout=_AWS_TIMEOUT_SECONDS,
        read_timeout=_AWS_TIMEOUT_SECONDS,
        retries={"total_max_attempts": 2, "mode": "standard"},
    )
    parts = name.split(":")
    if len(parts) > _REGION_OF_ARN:
        region = parts[_REGION_OF_ARN]
    try:
        client = get_session().create_client("secretsmanager", region_name=region, config=patience)
        answer = client.get_secret_value(SecretId=name)
    except exceptions.ClientError as error:
        _refuse_answer(error.response)
    except exceptions.NoRegionError:
        _refuse_aws("AWS needs a region; set AWS_REGION", "AWS_REGION")
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        raise SecretsUnavailableError(
            f"SECRETS_FROM: AWS Secrets Manager cannot be reached ({type(error).__name__})"
        ) from None
    except (exceptions.BotoCoreError, ValueError) as error:
        _refuse_aws(f"AWS cannot be asked ({type(error).__name__}); {_CREDENTIALS}")
    if "SecretString" not in answer:
        _refuse_aws("the secret is binary; it must be text")
    return str(answer["SecretString"])


def _refuse_answer(response: Any) -> NoReturn:
    """Say what AWS refused and how to mend it, or that it may pass."""
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500 or "Throttling" in code:
        raise SecretsUnavailableError(
            f"SECRETS_FROM: AWS Secrets Manager cannot answer at present (HTTP {status})"
        ) from None
    fix = _FIXES.get(code, _CREDENTIALS)
    _refuse_aws(f"AWS Secrets Manager refuses ({code if code.isalpha() else status}): {fix}")


def _refuse_aws(problem: str, variable: str = "SECRETS_FROM") -> NoReturn:
    raise ConfigError([f"{variable}: {problem}"]) from None
