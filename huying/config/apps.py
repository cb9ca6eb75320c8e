from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class House(AppConfig):
    name = "huying.config"
    label = "house"

    def ready(self) -> None:
        from huying.cases.reactions import install
        from huying.config.wiring import WHEN

        autodiscover_modules("facts")
        install(WHEN)
