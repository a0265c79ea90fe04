"""Photo: what a place looked like before a visit, and after it."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import files, pictures, scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.pictures import Picture
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.scheduling.stops import Stop

# Pixels. The small one fills its place in a list (88 by 56) on the sharpest screens.
LARGE, SMALL = (1600, 1600), (352, 224)


class Photo(BusinessRow):
    """A picture of one visit, large and small; `digest` and `small_digest` name their bytes in core.files."""

    class Kind(models.TextChoices):
        BEFORE = "before"
        AFTER = "after"

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="photos"
    )
    stop = models.ForeignKey(
        "scheduling.Stop", models.PROTECT, db_constraint=False, db_index=False, related_name="photos"
    )
    kind = models.TextField(choices=Kind)
    digest = models.TextField()
    small_digest = models.TextField()
    content_type = models.TextField()
    width = models.IntegerField()
    height = models.IntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stop", "kind", "digest"], name="photo_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["before", "after"]), name="photo_kind"),
            models.CheckConstraint(
                condition=models.Q(digest__regex="^[0-9a-f]{64}$", small_digest__regex="^[0-9a-f]{64}$"),
                name="photo_digests",
            ),
            models.CheckConstraint(condition=models.Q(width__gte=1, height__gte=1), name="photo_size"),
        ]


def add(*, stop: Stop, kind: Photo.Kind, content: bytes, actor: Actor, now: datetime) -> Photo:
    """Keep a picture (JPEG, PNG or WebP, at most 15 MB) of a visit; the same one again is the photo there is.

    What the file says beside its pixels, such as where it was taken, is dropped. Raises Refused when `content` is no
    such picture, or the stop is removed.
    """
    large, small = pictures.made_anew(content, (LARGE, SMALL))  # slow, so before the transaction
    return _add(stop=stop, kind=kind, large=large, small=small, actor=actor, now=now)


@verb
def _add(
    *,
    stop: Stop,
    kind: Photo.Kind,
    large: Picture,
    small: Picture,
    actor: Actor,
    now: datetime,
) -> Photo:
    with scope.business(stop.business_id):
        if Stop.objects.get(id=stop.id).removed_at:
            raise Refused(_("This stop is not on its route any more."))
        # Bytes before the row that names them: a row without its bytes would be a broken picture.
        photo, created = Photo.objects.get_or_create(
            stop=stop,
            kind=kind,
            digest=files.keep(large.content),
            defaults={
                "business_id": stop.business_id,
                "customer_id": stop.customer_id,
                "small_digest": files.keep(small.content),
                "content_type": pictures.CONTENT_TYPE,
                "width": large.width,
                "height": large.height,
                "taken_at": now,
            },
        )
        if created:
            record(
                Verb.PHOTO_ADDED,
                actor=actor,
                business_id=stop.business_id,
                subject=photo,
                label=f"{stop.service_date} {kind}",
                customer_id=stop.customer_id,
            )
        return photo
