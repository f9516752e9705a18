"""The channels outside the platform: e-mail, webhooks, SMS and robots as their configurations; who wants what when."""
