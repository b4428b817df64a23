"""The admin interface: what is configured is edited here; what came of it is only read."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from apiclient.models import User
from dashboard.admin import configured, webhook, written  # noqa: F401  (register their tables)

admin.site.site_header = admin.site.site_title = "Answerback"
admin.site.index_title = "Administration"
admin.site.register(User, UserAdmin)
